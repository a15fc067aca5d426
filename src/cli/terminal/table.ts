/** Tables of plain text. */

export interface Column<Row> {
  readonly title: string
  /** Numbers are aligned at the right. */
  readonly isNumber?: boolean
  readonly cell: (row: Row) => string
}

const gap = '  '

/** Columns of the terminal: some characters take two of them, others none. */
const widthOf = (text: string): number => Bun.stringWidth(text)

const padded = (text: string, width: number, isNumber: boolean): string => {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)))
  return isNumber ? space + text : text + space
}

/** The lines of a table, with its titles as the first one. No line ends with a space. */
export const tableLines = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] => {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ cell }) => cell(row)))]
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => widthOf(line[index] ?? ''))))
  return cells.map((line) =>
    columns
      .map(({ isNumber = false }, index) => padded(line[index] ?? '', widths[index] ?? 0, isNumber))
      .join(gap)
      .trimEnd(),
  )
}

/** Columns of the terminal that a table needs. */
export const tableWidth = (lines: readonly string[]): number => Math.max(...lines.map(widthOf))
