import { describe, expect, test } from 'bun:test'
import { tokenReport, tokenReportFields } from '../../../src/cli/terminal/token-report.ts'
import { createStatistics, type DomainStatistics } from '../../../src/gateway/observers/token-statistics.ts'

const statisticsOf = (domains: Readonly<Record<string, Partial<DomainStatistics>>>) => {
  const byDomain = new Map(
    Object.entries(domains).map(([domain, figures]) => [domain, { ...createStatistics(), ...figures }]),
  )
  return { observer: () => {}, byDomain: () => byDomain }
}

const team = {
  requestCount: 1234,
  queryEvaluationCount: 200,
  inferenceCount: 1034,
  toolCallCount: 567,
  inputTokens: 12_345_678,
  outputTokens: 987_654,
  cacheReadTokens: 5,
  cacheWriteTokens: 6,
  errorCount: 7,
  lastUpdated: 8,
}
const two = statisticsOf({
  'team.example:3000': team,
  localhost: { requestCount: 1, inputTokens: 10, outputTokens: 2 },
  'a-very-long-name.of-a-domain.example:3000': {},
})
const time = { date: '6/10/2026, 3:45:12 PM', uptimeSeconds: 135.9 }

const uptimeIn = (uptimeSeconds: number): string | undefined =>
  /\(Uptime: (.*)\)/.exec(tokenReport(two, { ...time, uptimeSeconds }) ?? '')?.[1]

describe('the report of tokens', () => {
  test('has the layout of the original (AU-U8)', () => {
    expect(tokenReport(two, time)).toBe(`
==========================================================================================
Token Usage Report - 6/10/2026, 3:45:12 PM (Uptime: 2m 15s)
==========================================================================================
Domain                     Reqs  Query  Infer  Tools   Input Tok  Output Tok   Total Tok
------------------------------------------------------------------------------------------
a-very-long-name.of-a-do…     0      0      0      0           0           0           0
localhost                     1      0      0      0          10           2          12
team.example:3000          1234    200   1034    567  12,345,678     987,654  13,333,332
------------------------------------------------------------------------------------------
TOTAL                      1235    200   1034    567  12,345,688     987,656  13,333,344
==========================================================================================
`)
  })

  test.each([
    [0, '0s'],
    [59.9, '59s'],
    [60, '1m 0s'],
    [3605, '1h 5s'],
    [90_061, '1d 1h 1m 1s'],
    [86_400, '1d 0s'],
  ])('omits zero parts of the uptime: %p s as %p (AU-U8)', (seconds, shown) => {
    expect(uptimeIn(seconds)).toBe(shown)
  })

  test('is skipped while there is nothing to report (AU-U8)', () => {
    const nothing = statisticsOf({})
    expect([tokenReport(nothing, time), tokenReportFields(nothing, time)]).toEqual([undefined, undefined])
  })

  test('is one record in a JSON log (AU-U8)', () => {
    const domains = { 'team.example:3000': team }
    const { lastUpdated: _, ...figures } = team
    const fields = tokenReportFields(statisticsOf(domains), time)
    expect(fields).toEqual({ uptime: 135, ...figures, domains: expect.any(String) as never })
    expect(JSON.parse(String(fields?.['domains']))).toEqual(domains)
  })
})
