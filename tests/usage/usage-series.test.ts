import { describe, expect, test } from 'bun:test'
import { createRecentUsage } from '../../src/usage/recent-usage.ts'
import { requestRecord, usage } from '../support/records.ts'

const seriesOf = async (since: string, until: string, timezone: string) => {
  const recent = createRecentUsage()
  recent.observe(requestRecord({ at: Date.parse('2026-10-25T00:20Z'), usage }), undefined)
  const { series } = await recent.summarize({
    by: 'model',
    since: Date.parse(since),
    until: Date.parse(until),
    timezone,
    hasSeries: true,
  })
  return series
}

describe('the series of a report', () => {
  test.each([
    ['2026-10-25T00:00Z', '2026-10-27T00:00Z', 'quarter', 192],
    ['2026-10-25T00:00Z', '2026-11-02T00:00Z', 'hour', 192],
    ['2026-10-25T00:00Z', '2026-11-03T00:00Z', 'day', 9],
    ['2026-08-01T00:00Z', '2026-10-30T00:00Z', 'day', 90],
    ['2026-10-25T00:05Z', '2026-10-25T01:05Z', 'quarter', 5],
  ] as const)('from %s to %s has steps of a %s: %d points', async (since, until, step, count) => {
    const series = await seriesOf(since, until, 'UTC')
    expect([series?.step, series?.points.length]).toEqual([step, count])
    expect(series?.points.filter(({ requests }) => requests > 0).map(({ outputTokens }) => outputTokens)).toEqual([40])
  })

  test('has a point for each local day and hour, also where the clock changes', async () => {
    const days = await seriesOf('2026-10-23T22:00Z', '2026-11-02T23:00Z', 'Europe/Berlin')
    expect(days?.points.slice(0, 4).map(({ at }) => at)).toEqual([
      '2026-10-23T22:00:00.000Z',
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
      '2026-10-26T23:00:00.000Z',
    ])
    const hours = await seriesOf('2026-10-24T18:15Z', '2026-10-27T18:15Z', 'Asia/Kathmandu')
    expect(hours?.points.length).toBe(72)
    expect(hours?.points[0]?.at).toBe('2026-10-24T18:15:00.000Z')
  })
})
