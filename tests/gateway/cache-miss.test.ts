import { describe, expect, test } from 'bun:test'
import type { CacheClass } from '../../src/gateway/cache-audit/cache-class.ts'
import { isMiss, isOurFault, missCostOf } from '../../src/gateway/cache-miss.ts'
import { createCostOf } from '../../src/usage/prices.ts'
import { requestRecord, usage } from '../support/records.ts'

const price = { input: 10, output: 50, cacheRead: 1, cacheWrite: 12.5, cacheWrite1h: 20 }
const costOf = createCostOf(new Map([['*', price]]), 'nexus') ?? (() => undefined)

const missed = (members: Parameters<typeof requestRecord>[0] = {}) =>
  requestRecord({ used: 'claude-sonnet-4.6', usage, cacheClass: 'tools_changed', cacheMissedTokens: 1000, ...members })

const million = 1_000_000
const hour = { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 3000 }
const half = { ephemeral_5m_input_tokens: 1500, ephemeral_1h_input_tokens: 1500 }

describe('the cost of a miss', () => {
  test.each([
    ['for five minutes', undefined, 11.5],
    ['for an hour', hour, 19],
    ['for both, by their shares', half, 15.25],
  ])('is the price of a write %s instead of a read (CA-C8)', (_, cache_creation, perToken) => {
    const record = missed({ usage: { ...usage, ...(cache_creation && { cache_creation }) } })
    expect(missCostOf(record, costOf)).toBe((1000 * perToken) / million)
  })

  test('is the price of a write for five minutes if the request wrote nothing (CA-C8)', () => {
    const record = missed({ usage: { ...usage, cache_creation_input_tokens: 0 } })
    expect(missCostOf(record, costOf)).toBe(0.0115)
  })

  test('is unknown without a price, without usage and without missed tokens (CA-C8)', () => {
    expect(missCostOf(missed(), () => undefined)).toBeUndefined()
    expect(missCostOf(missed({ usage: undefined }), costOf)).toBeUndefined()
    expect(missCostOf(missed({ cacheMissedTokens: 0 }), costOf)).toBeUndefined()
    expect(missCostOf(missed({ cacheMissedTokens: undefined }), costOf)).toBeUndefined()
  })

  test('is never negative, also if a read costs more than a write (CA-C8)', () => {
    const odd = createCostOf(new Map([['*', { ...price, cacheRead: 100 }]]), 'nexus') ?? (() => undefined)
    expect(missCostOf(missed(), odd)).toBe(0)
  })
})

/** A new class must say here whether it is a miss. */
const areMisses = {
  hit: false,
  cold: false,
  below_minimum: false,
  unknown: false,
  model_changed: true,
  tools_changed: true,
  system_changed: true,
  messages_changed: true,
  marker_gone: true,
  options_changed: true,
  translation_changed: true,
  marker_moved: true,
  settings_changed: true,
  ttl_expired_5m: true,
  ttl_expired_1h: true,
  upstream_evicted: true,
} as const satisfies Readonly<Record<CacheClass, boolean>>

test('hits, first requests, short prompts and unknown ones are no misses, and all other classes are (CA-C2, CA-C3, CA-C4)', () => {
  expect(Object.fromEntries(Object.keys(areMisses).map((name) => [name, isMiss(name)]))).toEqual(areMisses)
  expect(isMiss('a class of a later version')).toBe(false)
})

test('a changed translation and a moved marker are our faults, and no other class is (CA-A1)', () => {
  expect(['translation_changed', 'marker_moved'].map(isOurFault)).toEqual([true, true])
  expect(['hit', 'settings_changed', 'marker_gone', 'tools_changed', 'upstream_evicted'].filter(isOurFault)).toEqual([])
})
