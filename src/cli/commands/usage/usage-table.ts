import type { UsageFigures, UsageReport, UsageRow } from '../../../usage/usage-report.ts'
import { type Column, tableLines, tableWidth } from '../../terminal/table.ts'
import { amount, decimalsOf, percent, percentiles, shortNumber, wholeNumber } from './figures.ts'
import { blockLines, lastRequestColumn, rowsWithTotal } from './report-rows.ts'

/** The table of `usage` (OP-U1). */

type FigureColumn = Column<UsageFigures>
type NumberFormat = (value: number) => string

const number = (title: string, cell: FigureColumn['cell']): FigureColumn => ({ title, isNumber: true, cell })

/** Most requests have no price where no prices are configured: then the column would be empty. */
const costColumns = ({ total, currency }: UsageReport): FigureColumn[] => {
  const { cost } = total
  if (cost === undefined) return []
  const decimals = decimalsOf(cost)
  return [number(`est. ${currency}`, (figures) => amount(figures.cost, decimals))]
}

/** Columns that a narrow terminal does without, the least important one first. */
const lessImportant = ['written', 'cancelled', 'refused', 'first event'] as const

/** A column that most reports do not need. */
const ifAny = (title: string, count: (figures: UsageFigures) => number, total: UsageFigures, format: NumberFormat) =>
  count(total) === 0 ? [] : [number(title, (figures) => format(count(figures)))]

const figureColumns = (report: UsageReport, format: NumberFormat): FigureColumn[] => [
  number('requests', ({ requests }) => format(requests)),
  number('failed', ({ failed }) => format(failed)),
  ...ifAny('refused', ({ refused }) => refused, report.total, format),
  ...ifAny('cancelled', ({ cancelled }) => cancelled, report.total, format),
  number('input', ({ inputTokens }) => format(inputTokens)),
  number('cached', ({ cacheReadTokens }) => format(cacheReadTokens)),
  number('written', ({ cacheWriteTokens }) => format(cacheWriteTokens)),
  number('cache %', ({ cacheHitRate }) => percent(cacheHitRate)),
  number('output', ({ outputTokens }) => format(outputTokens)),
  ...costColumns(report),
  number('first event', ({ firstEventMs }) => percentiles(firstEventMs)),
]

/** Only a session has them. */
const sessionColumns = ({ by, timezone }: UsageReport): Column<UsageRow>[] => {
  if (by !== 'session') return []
  return [
    lastRequestColumn(timezone),
    {
      title: 'by sub-agents',
      isNumber: true,
      cell: ({ subagentRequests }) => (subagentRequests === undefined ? '' : wholeNumber(subagentRequests)),
    },
  ]
}

/** Column where the text of a block begins. */
const textColumn = 17

interface UsageText {
  readonly lines: readonly string[]
  /** Titles of the columns that do not fit. */
  readonly omitted: readonly string[]
}

/** The first layout that fits: whole figures, short ones, and then fewer columns. */
export const usageText = (report: UsageReport, columns: number): UsageText => {
  const rows = rowsWithTotal(report.rows, report.total)
  const key: Column<UsageRow> = { title: report.by, cell: (row) => row.key }
  const all = (format: NumberFormat) => [key, ...sessionColumns(report), ...figureColumns(report, format)]
  const present = lessImportant.filter((name) => all(shortNumber).some(({ title }) => title === name))
  const layouts = [
    { format: wholeNumber, omitted: [] },
    ...Array.from({ length: present.length + 1 }, (_, count) => ({
      format: shortNumber,
      omitted: present.slice(0, count),
    })),
  ]
  for (const { format, omitted } of layouts) {
    const titles: readonly string[] = omitted
    const lines = tableLines(
      all(format).filter(({ title }) => !titles.includes(title)),
      rows,
    )
    if (tableWidth(lines) <= columns) return { lines, omitted }
  }
  const cells = [...sessionColumns(report), ...figureColumns(report, wholeNumber)]
  return { lines: blockLines(rows, cells, { textColumn, width: columns }), omitted: [] }
}
