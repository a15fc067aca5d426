import { expect, test } from 'bun:test'
import { attempt } from '../../src/base/attempt.ts'

test('attempt returns what the work returns', () => {
  expect(attempt(() => JSON.parse('{"a":1}'))).toEqual({ a: 1 })
})

test('attempt returns undefined for work that throws', () => {
  expect(attempt(() => JSON.parse('{'))).toBeUndefined()
})
