import { describe, expect, test } from 'bun:test'
import { createAdvice } from '../../../src/usage/cache/advice.ts'
import { reportLifetimes } from '../../../src/usage/cache/lifetimes.ts'
import type { RequestRow } from '../../../src/usage/usage-report.ts'
import { conversation } from '../../support/cache-rows.ts'

const adviceFor = (rows: readonly RequestRow[]) =>
  createAdvice(
    rows,
    reportLifetimes(rows, () => undefined),
  )

const withPauses = (pauses: Readonly<Record<number, number>>, ttl: '5m' | '1h' = '5m', requests = 24) =>
  conversation({ requests, added: 1000, pauses, ttl })

const changed = (rows: readonly RequestRow[], share: number) =>
  rows.map((row) => ({
    ...row,
    cacheClass: 'tools_changed',
    cacheMissedTokens: Math.round(share * (row.cacheReadTokens ?? 0)),
  }))

describe('the advice about a lifetime', () => {
  test('is an hour where pauses cost more than it does (CA-T7)', () => {
    expect(adviceFor(withPauses({ 12: 20, 15: 20, 18: 20, 21: 20 }))).toEqual({
      sessions: 1,
      lossShare: expect.any(Number) as never,
      largestClass: 'ttl_expired_5m',
      lifetime: '1h',
      savedShare: expect.any(Number) as never,
    })
  })

  test('is mixed where one early pause pays only for tools and system prompt (CA-T7)', () => {
    expect(adviceFor(withPauses({ 1: 50 }))).toMatchObject({ lifetime: 'mixed' })
  })

  test('is five minutes where an hour is paid for without a pause (CA-T7)', () => {
    const rows = withPauses(Object.fromEntries(Array.from({ length: 24 }, (_, index) => [index, 4])), '1h')
    expect(adviceFor(rows)).toMatchObject({ sessions: 0, lossShare: 0, lifetime: '5m' })
  })

  test('names the class instead of a lifetime where no lifetime would have cost less (CA-T7)', () => {
    const advice = adviceFor(changed(withPauses({}), 0.5))
    expect(advice).toEqual({ sessions: 1, lossShare: expect.any(Number) as never, largestClass: 'tools_changed' })
  })

  test('comes only above 5 % of the input, and from 20 requests on (CA-T7)', () => {
    const rows = withPauses({})
    const input = rows.reduce(
      (sum, row) => sum + 3 + 0.1 * (row.cacheReadTokens ?? 0) + 1.25 * (row.cacheWriteTokens ?? 0),
      0,
    )
    const losing = (share: number) =>
      rows.map((row, index) =>
        index === 3 ? { ...row, cacheClass: 'tools_changed', cacheMissedTokens: (share * input) / 1.15 } : row,
      )
    expect(adviceFor(losing(0.051))?.lossShare).toBe(0.051)
    expect(adviceFor(losing(0.049))).toBeUndefined()
    expect(adviceFor(changed(withPauses({}, '5m', 20), 0.9))?.sessions).toBe(1)
    expect(adviceFor(changed(withPauses({}, '5m', 19), 0.9))).toBeUndefined()
    expect(adviceFor(changed(rows, 0.9).map((row, index) => ({ ...row, session: `s${index % 2}` })))).toBeUndefined()
    expect(adviceFor([])).toBeUndefined()
  })
})
