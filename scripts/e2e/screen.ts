/** A terminal's screen with the control sequences that the client uses, so that a test can read the text. */

export interface Screen {
  write(text: string): void
  /** Its lines, without trailing blanks. */
  text(): string
}

/** Control sequences, titles and links, other escapes, control characters, printable characters. */
const tokenPattern =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals use them.
  /\u001b\[(?<parameters>[0-9;:<=>?]*)[ -/]*(?<final>[@-~])|\u001b[\]P_^][\s\S]*?(?:\u0007|\u001b\\)|\u001b[ -/]*[0-~]|(?<shown>[^\u0000-\u001f\u007f])|(?<control>[\u0000-\u001f\u007f])/gu

/** An incomplete sequence at the end of a chunk. */
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
    // Private sequences set modes and colours, not text.
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
