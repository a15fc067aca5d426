import { describe, expect, test } from 'bun:test'
import { findTimeZone } from '../../../src/base/time-zone.ts'
import { type CacheQuery, createCacheReport, largestMisses } from '../../../src/usage/cache/cache-report.ts'
import type { RequestRow } from '../../../src/usage/usage-report.ts'
import { cacheRow, conversation } from '../../support/cache-rows.ts'
import { noon } from '../../support/history.ts'

const day = 86_400_000
const zone = findTimeZone('Europe/Berlin') as CacheQuery['zone']

const reportOf = (rows: readonly RequestRow[], query: Partial<CacheQuery> = {}) => {
  const { add, report } = createCacheReport({
    by: 'session',
    since: noon - 30 * day,
    until: noon + day,
    zone,
    currency: 'EUR',
    priceOf: () => undefined,
    ...query,
  })
  for (const row of rows) add(row)
  return report()
}

const rows = [
  cacheRow({ session: 'a', model: 'm1', cacheReadTokens: 900, inputTokens: 100 }),
  cacheRow({
    session: 'a',
    model: 'm1',
    cacheClass: 'tools_changed',
    cacheMissedTokens: 500,
    cacheCost: 0.25,
    at: noon + 1,
  }),
  cacheRow({
    session: 'a',
    model: 'm2',
    cacheClass: 'ttl_expired_5m',
    cacheMissedTokens: 700,
    cacheCost: 0.5,
    at: noon + 2,
  }),
  cacheRow({ session: 'b', model: 'm2', cacheClass: 'cold', at: noon + 3 }),
  cacheRow({ session: 'b', cacheClass: undefined as never, at: noon + 4 }),
]

describe('the report of the cache', () => {
  test('has requests, read share, missed tokens, cost and classes of each session, newest first (CA-U1)', () => {
    expect(reportOf(rows)).toEqual({
      since: '2026-10-30T12:00:00.000Z',
      until: '2026-11-30T12:00:00.000Z',
      timezone: 'Europe/Berlin',
      currency: 'EUR',
      by: 'session',
      rows: [
        {
          key: 'b',
          lastAt: '2026-11-29T12:00:00.003Z',
          requests: 1,
          cacheHitRate: 0,
          missedTokens: 0,
          classes: [{ class: 'cold', requests: 1, missedTokens: 0 }],
        },
        {
          key: 'a',
          lastAt: '2026-11-29T12:00:00.002Z',
          requests: 3,
          cacheHitRate: 0.895,
          missedTokens: 1200,
          missCost: 0.75,
          classes: [
            { class: 'ttl_expired_5m', requests: 1, missedTokens: 700 },
            { class: 'tools_changed', requests: 1, missedTokens: 500 },
            { class: 'hit', requests: 1, missedTokens: 0 },
          ],
        },
      ],
      total: expect.objectContaining({ requests: 4, missedTokens: 1200, missCost: 0.75 }) as never,
      unknownRequests: 1,
    })
  })

  test.each([
    ['model', ['m2', 'm1']],
    ['day', ['2026-11-28', '2026-11-29']],
  ] as const)('has a row for each %s (CA-U1)', (by, keys) => {
    const older = cacheRow({ at: noon - day, model: 'm1' })
    expect(reportOf([...rows, older], { by }).rows.map(({ key }) => key)).toEqual([...keys])
  })

  test('days begin at midnight of the time zone (CA-U1)', () => {
    const late = Date.parse('2026-11-28T23:30:00Z')
    expect(reportOf([cacheRow({ at: late })], { by: 'day' }).rows[0]?.key).toBe('2026-11-29')
  })

  test('counts only the requests of the time and of the session, and at most so many rows (CA-U1)', () => {
    expect(reportOf(rows, { session: 'a' }).total.requests).toBe(3)
    expect(reportOf(rows, { session: 'c' })).toMatchObject({ rows: [], total: { requests: 0, classes: [] } })
    expect(reportOf(rows, { since: noon + 2, until: noon + 3 }).total.requests).toBe(1)
    expect(reportOf(rows, { limit: 1 }).rows.map(({ key }) => key)).toEqual(['b'])
    const older = cacheRow({ at: noon - day })
    expect(reportOf([older, ...rows], { by: 'day', limit: 1 }).rows.map(({ key }) => key)).toEqual(['2026-11-29'])
  })

  test('has other lifetimes and an advice if there are enough requests (CA-U2, CA-T7)', () => {
    const all = conversation({ requests: 24, added: 1000, pauses: { 12: 20, 15: 20, 18: 20, 21: 20 }, ttl: '5m' })
    const { lifetimes, advice } = reportOf(all)
    expect([lifetimes?.requests, advice?.lifetime]).toEqual([24, '1h'])
    expect(Object.keys(reportOf(rows))).not.toContain('lifetimes')
  })

  test('the largest misses are no hits and no first requests (CA-U1)', () => {
    const [, a] = reportOf(rows).rows
    expect(largestMisses(a as never, 1)).toEqual([{ class: 'ttl_expired_5m', requests: 1, missedTokens: 700 }])
    expect(largestMisses(a as never, 3)).toHaveLength(2)
  })
})
