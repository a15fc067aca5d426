import type { UsageReport, UsageRow } from '../../../usage/usage-report.ts'

/** The CSV of `usage`, by RFC 4180 (OP-U3). It has no total: sums in a spreadsheet would count it, too. */

const lineBreak = '\r\n'

/** Spreadsheets run a field that begins so as a formula. */
const withoutFormula = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

type Cell = string | number | undefined

const toField = (cell: Cell): string => quoted(typeof cell === 'string' ? withoutFormula(cell) : String(cell ?? ''))

/** A missing figure is an empty field. */
const columns: readonly (readonly [title: string, cell: (row: UsageRow) => Cell])[] = [
  ['key', ({ key }) => key],
  ['requests', ({ requests }) => requests],
  ['failed', ({ failed }) => failed],
  ['refused', ({ refused }) => refused],
  ['cancelled', ({ cancelled }) => cancelled],
  ['inputTokens', ({ inputTokens }) => inputTokens],
  ['cacheReadTokens', ({ cacheReadTokens }) => cacheReadTokens],
  ['cacheWriteTokens', ({ cacheWriteTokens }) => cacheWriteTokens],
  ['outputTokens', ({ outputTokens }) => outputTokens],
  ['cacheHitRate', ({ cacheHitRate }) => cacheHitRate],
  ['cost', ({ cost }) => cost],
  ['unpriced', ({ unpriced }) => unpriced],
  ['firstEventP50Ms', ({ firstEventMs }) => firstEventMs.p50],
  ['firstEventP95Ms', ({ firstEventMs }) => firstEventMs.p95],
  ['durationP50Ms', ({ durationMs }) => durationMs.p50],
  ['durationP95Ms', ({ durationMs }) => durationMs.p95],
  ['subagentRequests', ({ subagentRequests }) => subagentRequests],
  ['lastAt', ({ lastAt }) => lastAt],
]

export const usageCsv = ({ rows }: UsageReport): string =>
  [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => toField(cell(row))))]
    .map((fields) => fields.join(',') + lineBreak)
    .join('')
