import { untrustedText } from '../terminal/untrusted-text.ts'

/** A unified diff of two texts for a terminal. */

/** Offset and length of values to hide. */
export type Hidden = readonly (readonly [number, number])[]

export interface DiffSide {
  /** Undefined for a file that does not exist. */
  readonly text: string | undefined
  readonly hidden: Hidden
}

interface Line {
  readonly text: string
  /** With the secrets hidden. */
  readonly shown: string
}

const mask = '"***"'
const context = 3
/** Cells of the comparison: a larger part is shown as replaced. */
const mostCells = 4_000_000

const shownLine = (text: string, start: number, hidden: Hidden): string => {
  let shown = ''
  let place = 0
  for (const [offset, length] of hidden) {
    const [from, to] = [offset - start, offset - start + length]
    if (to <= 0 || from >= text.length) continue
    // A value of several lines is hidden on each of them.
    shown += text.slice(place, Math.max(from, 0)) + mask
    place = Math.min(to, text.length)
  }
  return shown + text.slice(place)
}

/** Without characters that control the terminal; tabs stay. */
const printable = (line: string): string => line.replace(/\r$/, '').split('\t').map(untrustedText).join('\t')

const linesOf = ({ text = '', hidden }: DiffSide): Line[] => {
  if (text === '') return []
  const ordered = hidden.toSorted(([one], [other]) => one - other)
  let start = 0
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      const shown = printable(shownLine(line, start, ordered))
      start += line.length + 1
      return { text: line, shown }
    })
}

type Operation = { readonly mark: ' ' | '-' | '+'; readonly line: Line }

const mark =
  (sign: Operation['mark']) =>
  (line: Line): Operation => ({ mark: sign, line })

/** Lengths of the longest common subsequences of all ends of both lists, row by row. */
const commonLengths = (before: readonly Line[], after: readonly Line[]): Uint32Array => {
  const width = after.length + 1
  const lengths = new Uint32Array((before.length + 1) * width)
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      const isSame = before[row]?.text === after[column]?.text
      const [below, right, both] = [
        (row + 1) * width + column,
        row * width + column + 1,
        (row + 1) * width + column + 1,
      ]
      lengths[row * width + column] = isSame
        ? (lengths[both] ?? 0) + 1
        : Math.max(lengths[below] ?? 0, lengths[right] ?? 0)
    }
  }
  return lengths
}

const compare = (before: readonly Line[], after: readonly Line[]): Operation[] => {
  if (before.length * after.length > mostCells) return [...before.map(mark('-')), ...after.map(mark('+'))]
  const lengths = commonLengths(before, after)
  const width = after.length + 1
  const operations: Operation[] = []
  let [row, column] = [0, 0]
  while (row < before.length || column < after.length) {
    const [old, young] = [before[row], after[column]]
    if (old !== undefined && old.text === young?.text) {
      operations.push({ mark: ' ', line: old })
      row += 1
      column += 1
    } else if (
      old !== undefined &&
      (young === undefined || (lengths[(row + 1) * width + column] ?? 0) >= (lengths[row * width + column + 1] ?? 0))
    ) {
      operations.push({ mark: '-', line: old })
      row += 1
    } else if (young !== undefined) {
      operations.push({ mark: '+', line: young })
      column += 1
    }
  }
  return operations
}

/** The lines around the changes are the same, and need no comparison. */
const operationsOf = (before: readonly Line[], after: readonly Line[]): Operation[] => {
  const shorter = Math.min(before.length, after.length)
  const isSame = (index: number, fromEnd: boolean): boolean =>
    before.at(fromEnd ? -1 - index : index)?.text === after.at(fromEnd ? -1 - index : index)?.text
  let head = 0
  while (head < shorter && isSame(head, false)) head += 1
  let tail = 0
  while (tail < shorter - head && isSame(tail, true)) tail += 1
  return [
    ...before.slice(0, head).map(mark(' ')),
    ...compare(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(mark(' ')),
  ]
}

/** The parts to show, with the lines around them: first and last index of the operations. */
const hunksOf = (operations: readonly Operation[]): (readonly [number, number])[] => {
  const hunks: [number, number][] = []
  for (const [index, { mark: sign }] of operations.entries()) {
    if (sign === ' ') continue
    const last = hunks.at(-1)
    const end = Math.min(index + context, operations.length - 1)
    if (last !== undefined && index - context <= last[1] + 1) last[1] = end
    else hunks.push([Math.max(index - context, 0), end])
  }
  return hunks
}

const countOf = (operations: readonly Operation[], without: Operation['mark']): number =>
  operations.filter(({ mark: sign }) => sign !== without).length

/** `-3,4`: the first line and the number of lines; the line before, if there are none. */
const range = (earlier: number, count: number): string => `${count === 0 ? earlier : earlier + 1},${count}`

const noFile = '/dev/null'

/** Ends with a line break; an empty text if nothing differs. */
export const unifiedDiff = (path: string, before: DiffSide, after: DiffSide): string => {
  if (before.text === after.text) return ''
  const operations = operationsOf(linesOf(before), linesOf(after))
  const name = printable(path)
  const head = `--- ${before.text === undefined ? noFile : name}\n+++ ${after.text === undefined ? noFile : name}\n`
  const hunks = hunksOf(operations).map(([first, last]) => {
    const earlier = operations.slice(0, first)
    const own = operations.slice(first, last + 1)
    const title = `@@ -${range(countOf(earlier, '+'), countOf(own, '+'))} +${range(countOf(earlier, '-'), countOf(own, '-'))} @@\n`
    return title + own.map(({ mark: sign, line }) => `${sign}${line.shown}\n`).join('')
  })
  return head + hunks.join('')
}
