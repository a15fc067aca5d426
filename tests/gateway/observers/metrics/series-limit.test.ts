import { expect, test } from 'bun:test'
import { createSeriesLimit } from '../../../../src/gateway/observers/metrics/series-limit.ts'

test('label sets beyond the limit count as other, and keep the labels of a fixed list (OP-M1)', () => {
  const limited = createSeriesLimit(20)
  const first = { model: 'a', upstream: 'nexus' }
  expect(limited('duration', first, 16)).toBe(first)
  // Its samples do not fit, smaller ones do.
  expect(limited('duration', { model: 'b', upstream: 'nexus' }, 16)).toEqual({ model: 'other', upstream: 'nexus' })
  const tokens = { type: 'input', model: 'b', upstream: 'nexus' }
  expect(limited('tokens', tokens, 1)).toBe(tokens)
  // Known ones need no room.
  expect(limited('duration', first, 16)).toBe(first)
})

test('labels of two metrics with the same values are two series (OP-M1)', () => {
  const limited = createSeriesLimit(1)
  expect(limited('a', { client: 'alice' }, 1)).toEqual({ client: 'alice' })
  expect(limited('b', { client: 'alice' }, 1)).toEqual({ client: 'other' })
})
