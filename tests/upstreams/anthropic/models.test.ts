import { expect, test } from 'bun:test'
import { createAnthropicModels } from '../../../src/upstreams/anthropic/models.ts'

const { resolve, find, models } = createAnthropicModels(new Map())

test.each([
  ['claude-opus-4-8', 'claude-opus-4-8'],
  ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5-20250929'],
  ['claude-haiku-4.5', 'claude-haiku-4-5'],
  ['opus', 'claude-opus-4-6'],
  ['best', 'claude-opus-4-6'],
  ['default', 'claude-sonnet-4-6'],
  ['any-name.v1.5', 'any-name.v1.5'],
  ['constructor', 'constructor'],
])("%s is %s at Anthropic's API (AU-N14)", (name, id) => {
  expect(resolve(name).model.id).toBe(id)
  expect(find(name)?.model.id).toBe(id)
  expect(resolve(`${name}[1m]`)).toMatchObject({ model: { id }, contextSuffix: '[1m]' })
})

test('no list of models is made up', () => {
  expect(models).toEqual([])
})
