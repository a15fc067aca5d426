import { describe, expect, test } from 'bun:test'
import { availableTokens, fallbackTokens, limitOutput } from '../../../src/upstreams/openai/output-limit.ts'

const unlimited = { maximum: undefined, minimum: undefined }

describe('the limit of the output (OU-R8, N8)', () => {
  test('the lowest of the request, the maximum and the rest of the window is used', () => {
    expect(limitOutput(5000, unlimited, undefined)).toBe(5000)
    expect(limitOutput(5000, { ...unlimited, maximum: 4096 }, undefined)).toBe(4096)
    expect(limitOutput(5000, { ...unlimited, maximum: 4096 }, 1000)).toBe(1000)
    expect(limitOutput(3, { maximum: 4096, minimum: 100 }, undefined)).toBe(3)
    expect(limitOutput(0, { maximum: 4096, minimum: 100 }, 1)).toBe(0)
  })

  test('the rest is the window without the prompt and a reserve, and at least one token', () => {
    expect(availableTokens(undefined, 1000)).toBeUndefined()
    expect(availableTokens(10_000, 1000)).toBe(6952)
    expect(availableTokens(10_000, 9000)).toBe(1)
  })

  test('the minimum is for requests without a value, and never above the maximum', () => {
    expect(fallbackTokens(unlimited)).toBeUndefined()
    expect(fallbackTokens({ maximum: 4096, minimum: 100 })).toBe(100)
    expect(fallbackTokens({ maximum: 50, minimum: 100 })).toBe(50)
  })
})
