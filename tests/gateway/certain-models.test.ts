import { expect, test } from 'bun:test'
import { createCertainModels } from '../../src/gateway/certain-models.ts'

test('a name of the catalog or the configuration is certain, whatever it looks like', () => {
  const models = createCertainModels(new Set(['my model']))
  expect(models.has('my model', false)).toBe(true)
  expect(models.has('another', false)).toBe(false)
})

test('a name is certain as soon as the upstream has answered for it, if it looks like a name (OP-O5)', () => {
  const models = createCertainModels(new Set())
  expect(models.has('my-model:7b', false)).toBe(false)
  expect(models.has('my-model:7b', true)).toBe(true)
  expect(models.has('my-model:7b', false)).toBe(true)
  expect(models.has('please tell me', true)).toBe(false)
})

test('names that clients invent do not fill the memory', () => {
  const models = createCertainModels(new Set())
  const names = Array.from({ length: 101 }, (_, number) => `model-${number}`)
  expect(names.map((name) => models.has(name, true))).toEqual(names.map(() => true))
  expect(names.filter((name) => !models.has(name, false))).toEqual(['model-100'])
})
