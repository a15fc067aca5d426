import { describe, expect, test } from 'bun:test'
import { usageText } from '../../../../src/cli/commands/usage/usage-table.ts'
import { usageReport, usageRow } from '../../../support/usage.ts'

const monday = usageRow('2026-11-23', {
  requests: 1200,
  failed: 3,
  inputTokens: 1_234_567,
  cacheReadTokens: 12_345_678,
  cacheWriteTokens: 98_765,
  outputTokens: 45_678,
  cacheHitRate: 0.903,
  cost: 12.345,
  firstEventMs: { p50: 842, p95: 2440 },
})
const tuesday = usageRow('2026-11-24', { requests: 2, unpriced: 2 })
const { key: _, ...total } = monday
const report = usageReport([monday, tuesday], { total: { ...total, requests: 1202, unpriced: 2 } })

const textAt = (columns: number, of = report): string => usageText(of, columns).lines.join('\n')

describe('the table of usage', () => {
  test('has whole figures and a total where there is room (OP-U1, OP-C5)', () => {
    expect(textAt(120)).toBe(
      `day         requests  failed      input      cached  written  cache %  output  est. USD  first event
2026-11-23     1,200       3  1,234,567  12,345,678   98,765   90.3 %  45,678     12.35   0.84/2.4 s
2026-11-24         2       0          0           0        0        -       0         -            -
total          1,202       3  1,234,567  12,345,678   98,765   90.3 %  45,678     12.35   0.84/2.4 s`,
    )
  })

  test('has short figures, then fewer columns, where there is less room, and names the columns (OP-U1)', () => {
    expect(usageText(report, 98)).toEqual({
      lines: [
        'day         requests  failed  input  cached  written  cache %  output  est. USD  first event',
        '2026-11-23     1,200       3  1.23M   12.3M    98.8K   90.3 %   45.7K     12.35   0.84/2.4 s',
        '2026-11-24         2       0      0       0        0        -       0         -            -',
        'total          1,202       3  1.23M   12.3M    98.8K   90.3 %   45.7K     12.35   0.84/2.4 s',
      ],
      omitted: [],
    })
    expect(usageText(report, 85)).toEqual({
      lines: [
        'day         requests  failed  input  cached  cache %  output  est. USD  first event',
        '2026-11-23     1,200       3  1.23M   12.3M   90.3 %   45.7K     12.35   0.84/2.4 s',
        '2026-11-24         2       0      0       0        -       0         -            -',
        'total          1,202       3  1.23M   12.3M   90.3 %   45.7K     12.35   0.84/2.4 s',
      ],
      omitted: ['written'],
    })
    expect(usageText(report, 80).omitted).toEqual(['written', 'first event'])
  })

  test.each([30, 48, 80, 85, 98, 200])('fits into %d columns (OP-U1)', (columns) => {
    const { lines } = usageText(report, columns)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns)
  })

  test('is a block for each row in a terminal that is too narrow (OP-U1)', () => {
    expect(textAt(40)).toStartWith(`2026-11-23
  requests       1,200
  failed         3
  input          1,234,567
  cached         12,345,678
  written        98,765
  cache %        90.3 %
  output         45,678
  est. USD       12.35
  first event    0.84/2.4 s

2026-11-24
`)
  })

  test('has no column for cost if no request has a price (OP-C3)', () => {
    expect(textAt(200, usageReport([tuesday], { total: usageRow('', { requests: 2, unpriced: 2 }) }))).not.toContain(
      'est.',
    )
  })

  test('names the currency, and stays aligned with wide characters (OP-U1, OP-C1)', () => {
    const rows = [usageRow('日本', { requests: 1, cost: 0.5 }), usageRow('(none)', { requests: 2 })]
    const sum = usageRow('', { requests: 3, cost: 0.5 })
    const text = textAt(200, usageReport(rows, { by: 'domain', currency: 'EUR', total: sum }))
    expect(text.split('\n').map((line) => Bun.stringWidth(line))).toEqual([88, 88, 88, 88])
    expect(text).toContain('est. EUR')
    expect(text).toContain('\n(none)  ')
  })

  test('shows no character of a key that controls the terminal (OP-U1)', () => {
    const rows = [usageRow('a\u001b[31mred', { requests: 1 })]
    expect(textAt(200, usageReport(rows, { by: 'model' }))).not.toContain('\u001b')
  })

  test('has columns for refused and cancelled requests if there are some (OP-U1)', () => {
    const text = textAt(200, usageReport([], { total: usageRow('', { requests: 9, refused: 3, cancelled: 2 }) }))
    expect(text).toBe(
      `day    requests  failed  refused  cancelled  input  cached  written  cache %  output  first event
total         9       0        3          2      0       0        0        -       0            -`,
    )
  })

  test('marks the sub-agents of a session, and shows its last request in the time zone (OP-U1, OP-E2)', () => {
    const session = {
      ...usageRow('3f2a9c1e-0000-4000-8000-000000000001', { requests: 30 }),
      subagentRequests: 12,
      lastAt: '2026-11-29T12:20:07.000Z',
    }
    const text = textAt(200, usageReport([session], { by: 'session', total: usageRow('', { requests: 30 }) }))
    expect(text).toStartWith('session                               last request      by sub-agents  requests  failed')
    expect(text).toContain('2026-11-29 13:20             12        30')
  })
})
