import { type CacheFigures, type CacheReport, largestMisses } from '../../../../usage/cache/cache-report.ts'
import { type LifetimeFigures, type LifetimeReport, lifetimes } from '../../../../usage/cache/lifetimes.ts'
import { type Column, tableLines, tableWidth } from '../../../terminal/table.ts'
import { untrustedText } from '../../../terminal/untrusted-text.ts'
import { wrap } from '../../../terminal/wrap.ts'
import { amount, counted, decimalsOf, percent, shortNumber, wholeNumber } from '../figures.ts'
import { blockLines, lastRequestColumn, rowsWithTotal } from '../report-rows.ts'

/** The tables of `usage --cache` (CA-U1, CA-U2). */

type Row = CacheReport['rows'][number]

const mostClasses = 3

const missesOf = (figures: CacheFigures): string => {
  const misses = largestMisses(figures, mostClasses)
  if (misses.length === 0) return '-'
  // A class of another server may be any text.
  return misses.map((one) => `${untrustedText(one.class)} ${shortNumber(one.missedTokens)}`).join(', ')
}

const costColumns = ({ total: { missCost }, currency }: CacheReport): Column<Row>[] => {
  if (missCost === undefined) return []
  const decimals = decimalsOf(missCost)
  return [{ title: `lost ${currency}`, isNumber: true, cell: (row) => amount(row.missCost, decimals) }]
}

const timeColumns = ({ by, timezone }: CacheReport): Column<Row>[] =>
  by === 'session' ? [lastRequestColumn(timezone)] : []

const figureColumns = (report: CacheReport, format: (value: number) => string): Column<Row>[] => [
  { title: 'requests', isNumber: true, cell: ({ requests }) => format(requests) },
  { title: 'cache %', isNumber: true, cell: ({ cacheHitRate }) => percent(cacheHitRate) },
  { title: 'missed', isNumber: true, cell: ({ missedTokens }) => format(missedTokens) },
  ...costColumns(report),
  { title: 'largest misses', cell: missesOf },
]

/** Column where the text of a block begins. */
const textColumn = 18

/** The first layout that fits: whole figures, short ones, fewer columns, or a block for each row. */
export const cacheLines = (report: CacheReport, columns: number): readonly string[] => {
  const rows = rowsWithTotal(report.rows, report.total)
  const key: Column<Row> = { title: report.by, cell: (row) => row.key }
  const layouts = [
    [key, ...timeColumns(report), ...figureColumns(report, wholeNumber)],
    [key, ...timeColumns(report), ...figureColumns(report, shortNumber)],
    [key, ...figureColumns(report, shortNumber)],
  ]
  for (const layout of layouts) {
    const lines = tableLines(layout, rows)
    if (tableWidth(lines) <= columns) return lines
  }
  return blockLines(rows, [...timeColumns(report), ...figureColumns(report, wholeNumber)], {
    textColumn,
    width: columns,
  })
}

type NamedFigures = LifetimeFigures & { readonly name: string }

const lifetimeColumns = ({ asSent }: LifetimeReport, currency: string): Column<NamedFigures>[] => {
  const tokens = (title: string, cell: (figures: LifetimeFigures) => number): Column<NamedFigures> => ({
    title,
    isNumber: true,
    cell: (figures) => shortNumber(cell(figures)),
  })
  const decimals = decimalsOf(asSent.cost ?? 0)
  const change = ({ asInputTokens }: LifetimeFigures): string => {
    if (asSent.asInputTokens === 0) return '-'
    const share = asInputTokens / asSent.asInputTokens - 1
    return `${share > 0 ? '+' : ''}${percent(share)}`
  }
  return [
    { title: 'lifetime', cell: ({ name }) => name },
    tokens('read', ({ cacheReadTokens }) => cacheReadTokens),
    tokens('written 5m', ({ cacheWrite5mTokens }) => cacheWrite5mTokens),
    tokens('written 1h', ({ cacheWrite1hTokens }) => cacheWrite1hTokens),
    tokens('price in tokens', ({ asInputTokens }) => asInputTokens),
    ...(asSent.cost === undefined
      ? []
      : [{ title: `est. ${currency}`, isNumber: true, cell: ({ cost }: NamedFigures) => amount(cost, decimals) }]),
    { title: 'change', isNumber: true, cell: change },
  ]
}

const titleOf = ({ requests, pauses5m, pauses1h }: LifetimeReport): string =>
  `What 1 h would have done (${counted(requests, 'request')} of main conversations, ${counted(pauses5m, 'pause')} over 5 minutes, ${wholeNumber(pauses1h)} over an hour)`

/** Empty without a report of lifetimes. */
export const lifetimeLines = ({ lifetimes: report, currency }: CacheReport, columns: number): readonly string[] => {
  if (report === undefined) return []
  const rows = [
    { name: 'as sent', ...report.asSent },
    ...lifetimes.map((name) => ({ name, ...report.lifetimes[name] })),
  ]
  return ['', ...wrap(titleOf(report), columns), ...tableLines(lifetimeColumns(report, currency), rows)]
}
