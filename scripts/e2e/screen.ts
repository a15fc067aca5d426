/** A terminal's screen, as far as a program like the client writes on one: enough to read it. */

export interface Screen {
  write(text: string): void
  /** What can be read on it: its lines, without the blanks at their ends. */
  text(): string
}

/** Control sequences, titles and links, the other escapes, control characters, a character that is shown. */
const tokenPattern =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's language is made of them.
  /\u001b\[(?<parameters>[0-9;:<=>?]*)[ -/]*(?<final>[@-~])|\u001b[\]P_^][\s\S]*?(?:\u0007|\u001b\\)|\u001b[ -/]*[0-~]|(?<shown>[^\u0000-\u001f\u007f])|(?<control>[\u0000-\u001f\u007f])/gu

/** What the end of a chunk leaves open. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const openPattern = /\u001b(?:\[[0-9;:<=>? -/]*|[\]P_^][^\u0007\u001b]*\u001b?|[ -/]*)?$/u

export const createScreen = (columns: number, rows: number): Screen => {
  const cells: string[][] = Array.from({ length: rows }, () => [])
  let row = 0
  let column = 0
  let open = ''

  const moveTo = (newRow: number, newColumn: number): void => {
    row = Math.max(0, Math.min(rows - 1, newRow))
    column = Math.max(0, Math.min(columns - 1, newColumn))
  }

  const lineFeed = (): void => {
    if (row < rows - 1) row += 1
    else {
      cells.shift()
      cells.push([])
    }
  }

  const erase = (line: number, from: number, to: number): void => {
    for (let index = from; index < to; index += 1) if (cells[line]) cells[line][index] = ' '
  }

  const eraseInLine = (mode: number): void =>
    erase(row, mode === 0 ? column : 0, mode === 1 ? Math.min(column + 1, columns) : columns)

  const eraseInScreen = (mode: number): void => {
    if (mode < 2) eraseInLine(mode)
    const [from, to] = mode === 0 ? [row + 1, rows] : mode === 1 ? [0, row] : [0, rows]
    for (let line = from; line < to; line += 1) erase(line, 0, columns)
  }

  const control = (final: string, parameters: string): void => {
    // Private ones switch modes, colours and the like: nothing to read.
    if (/[<=>?]/.test(parameters)) return
    const [first = 0, second = 0] = parameters.split(';').map(Number)
    const count = first || 1
    const commands: Readonly<Record<string, () => void>> = {
      A: () => moveTo(row - count, column),
      B: () => moveTo(row + count, column),
      C: () => moveTo(row, column + count),
      D: () => moveTo(row, column - count),
      E: () => moveTo(row + count, 0),
      F: () => moveTo(row - count, 0),
      G: () => moveTo(row, count - 1),
      H: () => moveTo(count - 1, (second || 1) - 1),
      J: () => eraseInScreen(first),
      K: () => eraseInLine(first),
      d: () => moveTo(count - 1, column),
    }
    commands[final]?.()
  }

  const show = (character: string): void => {
    if (column >= columns) {
      column = 0
      lineFeed()
    }
    const line = cells[row]
    if (line) line[column] = character
    column += 1
  }

  const write = (text: string): void => {
    const all = open + text
    open = openPattern.exec(all)?.[0] ?? ''
    const complete = all.slice(0, all.length - open.length)
    for (const { groups = {} } of complete.matchAll(tokenPattern)) {
      if (groups['final'] !== undefined) control(groups['final'], groups['parameters'] ?? '')
      else if (groups['shown'] !== undefined) show(groups['shown'])
      else if (groups['control'] === '\r') column = 0
      else if (groups['control'] === '\n') lineFeed()
      else if (groups['control'] === '\b') moveTo(row, column - 1)
    }
  }

  const text = (): string =>
    cells
      .map((line) =>
        Array.from(line, (cell) => cell ?? ' ')
          .join('')
          .trimEnd(),
      )
      .join('\n')
      .trimEnd()
  return { write, text }
}
