import type { Column } from '../../terminal/table.ts'
import { untrustedText } from '../../terminal/untrusted-text.ts'
import { labelled } from '../../terminal/wrap.ts'

/** What the tables of `usage` and `usage --cache` share. */

interface Keyed {
  readonly key: string
}

/** The rows, and below them the total. Keys come from clients. */
export const rowsWithTotal = <Row extends Keyed>(rows: readonly Row[], total: Omit<NoInfer<Row>, 'key'>): Row[] => [
  ...rows.map((row) => ({ ...row, key: untrustedText(row.key) })),
  { ...total, key: 'total' } as Row,
]

/** When a session was last used, in this time zone; empty for the total. */
export const lastRequestColumn = (timeZone: string): Column<{ readonly lastAt?: string }> => {
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  return { title: 'last request', cell: ({ lastAt }) => (lastAt === undefined ? '' : shown.format(new Date(lastAt))) }
}

/** For a terminal that is too narrow for a table: a block for each row, whose texts begin at `textColumn`. */
export const blockLines = <Row extends Keyed>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { textColumn, width }: { readonly textColumn: number; readonly width: number },
): string[] =>
  rows.flatMap((row, index) => [
    ...(index === 0 ? [] : ['']),
    row.key,
    ...columns.flatMap(({ title, cell }) => {
      const text = cell(row)
      return text === '' ? [] : [labelled(title, text, textColumn, width)]
    }),
  ])
