import { describe, expect, test } from 'bun:test'
import { inputOf, lossOf, reportLifetimes } from '../../../src/usage/cache/lifetimes.ts'
import type { PriceOf, RequestRow } from '../../../src/usage/usage-report.ts'
import { cacheRow, conversation } from '../../support/cache-rows.ts'

const noPrice: PriceOf = () => undefined
/** 24 requests that each add 1,000 tokens, with pauses before some of them. */
const withPauses = (pauses: Readonly<Record<number, number>>, ttl: '5m' | '1h' = '5m') =>
  conversation({ requests: 24, added: 1000, pauses, ttl })

const figuresOf = (rows: readonly RequestRow[], priceOf = noPrice) => reportLifetimes(rows, priceOf)

/** All writes of the conversation without a pause: the first request has 30,000 tokens. */
const written = 30_000 + 23 * 1000

describe('what other lifetimes would have cost', () => {
  test('without a pause, an hour costs three quarters of all writes more (CA-U2)', () => {
    const report = figuresOf(withPauses(Object.fromEntries(Array.from({ length: 24 }, (_, index) => [index, 4]))))
    const { asSent, lifetimes } = report ?? {}
    expect(asSent).toEqual(lifetimes?.['5m'])
    expect(lifetimes?.['5m']).toMatchObject({ cacheWrite5mTokens: written, cacheWrite1hTokens: 0 })
    expect(lifetimes?.['1h']).toMatchObject({ cacheWrite5mTokens: 0, cacheWrite1hTokens: written })
    const difference = (lifetimes?.['1h'].asInputTokens ?? 0) - (lifetimes?.['5m'].asInputTokens ?? 0)
    expect(difference).toBe(0.75 * written)
  })

  test('a pause of 5 to 60 minutes rewrites the context for 1.15 of its tokens, and an hour reads it (CA-U2)', () => {
    const report = figuresOf(withPauses({ 10: 30, 20: 59 }))
    const [first, second] = [30_000 + 9 * 1000, 30_000 + 19 * 1000]
    const { lifetimes, asSent, pauses5m, pauses1h } = report ?? {}
    expect([pauses5m, pauses1h]).toEqual([2, 0])
    expect(asSent).toEqual(lifetimes?.['5m'])
    expect(lifetimes?.['5m'].cacheWrite5mTokens).toBe(written + first + second)
    expect(lifetimes?.['1h'].cacheWrite1hTokens).toBe(written)
    expect(lifetimes?.['1h'].cacheReadTokens).toBe((lifetimes?.['5m'].cacheReadTokens ?? 0) + first + second)
    const saved = 1.15 * (first + second) - 0.75 * written
    expect((lifetimes?.['5m'].asInputTokens ?? 0) - (lifetimes?.['1h'].asInputTokens ?? 0)).toBe(Math.round(saved))
  })

  test('mixed keeps tools and system prompt for an hour, and writes the messages again (CA-U2)', () => {
    const { lifetimes } = figuresOf(withPauses({ 10: 30, 20: 40 })) ?? {}
    const [first, second] = [30_000 + 9 * 1000, 30_000 + 19 * 1000]
    expect(lifetimes?.mixed).toMatchObject({
      cacheWrite1hTokens: 24_000,
      cacheWrite5mTokens: written - 24_000 + first - 24_000 + second - 24_000,
    })
  })

  test('a pause of more than an hour rewrites everything with each lifetime (CA-U2)', () => {
    const { lifetimes, pauses1h } = figuresOf(withPauses({ 10: 61 })) ?? {}
    const first = 30_000 + 9 * 1000
    expect(pauses1h).toBe(1)
    expect(lifetimes?.['5m'].cacheWrite5mTokens).toBe(written + first)
    expect(lifetimes?.['1h'].cacheWrite1hTokens).toBe(written + first)
    expect(lifetimes?.mixed.cacheWrite1hTokens).toBe(2 * 24_000)
  })

  test('the same conversation with an hour in use gives the same figures (CA-U2)', () => {
    const pauses = { 10: 30, 15: 61, 20: 40 }
    const [short, long] = [figuresOf(withPauses(pauses)), figuresOf(withPauses(pauses, '1h'))]
    expect(long?.lifetimes).toEqual(short?.lifetimes)
    expect(long?.asSent).toEqual(long?.lifetimes['1h'])
  })

  test('what the upstream forgot early stays forgotten with each lifetime (CA-U2)', () => {
    const rows = withPauses({ 10: 61 }).map((row, index) =>
      index === 5
        ? {
            ...row,
            cacheClass: 'upstream_evicted',
            cacheReadTokens: 0,
            cacheWriteTokens: 35_000,
            cacheMissedTokens: 34_000,
          }
        : row,
    )
    const { lifetimes } = figuresOf(rows) ?? {}
    expect(lifetimes?.['1h'].cacheWrite1hTokens).toBe(written + 39_000 + 34_000)
  })

  test('has costs by the prices of each model, and none if one has no price (CA-U2)', () => {
    const rows = withPauses({ 10: 61 })
    const priceOf: PriceOf = (_, model, tokens) =>
      model === 'm' ? (tokens.cacheReadTokens + 20 * tokens.cacheWrite1hTokens) / 1e6 : undefined
    const { lifetimes } = figuresOf(rows, priceOf) ?? {}
    const { cacheReadTokens = 0, cacheWrite1hTokens = 0 } = lifetimes?.['1h'] ?? {}
    expect(lifetimes?.['1h'].cost).toBeCloseTo((cacheReadTokens + 20 * cacheWrite1hTokens) / 1e6, 9)
    const [first, ...others] = rows
    expect(
      figuresOf([{ ...first, model: 'other' } as RequestRow, ...others], priceOf)?.lifetimes['5m'].cost,
    ).toBeUndefined()
  })

  test('is not estimated for 19 requests, for less than an hour, or from subagents (CA-U2)', () => {
    const rows = withPauses({ 10: 61 })
    expect(figuresOf(rows.slice(0, 20))?.requests).toBe(20)
    expect(figuresOf(rows.slice(0, 19))).toBeUndefined()
    expect(figuresOf(withPauses({ 10: 30 }).slice(0, 22))).toBeUndefined()
    expect(figuresOf(rows.map((row) => ({ ...row, isSubagent: true })))).toBeUndefined()
    expect(figuresOf([])).toBeUndefined()
  })

  test('counts the pauses of each conversation, in any order of the requests, and none while a request runs (CA-U2)', () => {
    const other = withPauses({ 12: 30 }).map((row) => ({ ...row, session: 'other' }))
    const mixed = [...withPauses({ 10: 30, 20: 61 }), ...other].reverse()
    expect(figuresOf(mixed)).toMatchObject({ pauses5m: 3, pauses1h: 1, requests: 48 })
    const others = withPauses({ 12: 30 }).map((row) => ({ ...row, client: 'bob' }))
    expect(figuresOf([...withPauses({ 10: 30, 20: 61 }), ...others])).toMatchObject({ pauses5m: 3, pauses1h: 1 })
    const running = withPauses({ 10: 61 }).map((row, index) => (index === 5 ? { ...row, durationMs: 7_200_000 } : row))
    expect(figuresOf(running)?.pauses5m).toBe(0)
  })
})

test('the loss of a request is its missed tokens at the price of its writes, less a read (CA-T7)', () => {
  const row = cacheRow({ inputTokens: 10, cacheReadTokens: 1000, cacheWriteTokens: 2000, cacheMissedTokens: 100 })
  expect([inputOf(row), lossOf(row)]).toEqual([10 + 100 + 2500, expect.closeTo(115)])
  expect(lossOf({ ...row, cacheWrite1hTokens: 2000 })).toBeCloseTo(190)
  expect(lossOf({ ...row, cacheWriteTokens: 0 })).toBeCloseTo(115)
})
