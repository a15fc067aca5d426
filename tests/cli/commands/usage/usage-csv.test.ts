import { describe, expect, test } from 'bun:test'
import { usageCsv } from '../../../../src/cli/commands/usage/usage-csv.ts'
import { usageReport, usageRow } from '../../../support/usage.ts'

const header =
  'key,requests,failed,refused,cancelled,inputTokens,cacheReadTokens,cacheWriteTokens,outputTokens,cacheHitRate,cost,unpriced,firstEventP50Ms,firstEventP95Ms,durationP50Ms,durationP95Ms,subagentRequests,lastAt'

describe('the CSV of usage', () => {
  test('has a header row, decimals with a point, empty fields for missing figures, and CRLF (OP-U3)', () => {
    const row = usageRow('2026-11-23', {
      requests: 12,
      failed: 1,
      refused: 3,
      cancelled: 2,
      inputTokens: 1_234_567,
      cacheReadTokens: 5,
      cacheWriteTokens: 6,
      outputTokens: 7,
      cacheHitRate: 0.903,
      cost: 12.345,
      unpriced: 1,
      firstEventMs: { p50: 842, p95: 2440 },
    })
    expect(usageCsv(usageReport([row]))).toBe(
      `${header}\r\n2026-11-23,12,1,3,2,1234567,5,6,7,0.903,12.345,1,842,2440,,,,\r\n`,
    )
    expect(usageCsv(usageReport([]))).toBe(`${header}\r\n`)
  })

  test.each([
    ['=1+2', "'=1+2"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['a\r\nb', '"a\r\nb"'],
    ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
    ['plain-key', 'plain-key'],
  ])('writes the key %j as %j (OP-U3)', (key, field) => {
    const line = usageCsv(usageReport([usageRow(key)])).slice(header.length + 2)
    expect(line).toBe(`${field},0,0,0,0,0,0,0,0,,,0,,,,,,\r\n`)
  })
})
