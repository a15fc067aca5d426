import { expect, test } from 'bun:test'
import { createRateLimiter } from '../../src/base/rate-limiter.ts'

test('a rate limiter allows its limit at once, and then one call per period', () => {
  let at = 1000
  const may = createRateLimiter(3, 100, () => at)
  const ask = (times: number): number => Array.from({ length: times }, may).filter(Boolean).length
  expect(ask(10)).toBe(3)
  at += 100
  expect(ask(10)).toBe(1)
  at += 99
  expect(ask(10)).toBe(0)
  at += 1
  expect(ask(10)).toBe(1)
  at += 100_000
  expect(ask(10)).toBe(3)
})
