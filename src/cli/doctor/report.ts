import { colors } from '../terminal/colors.ts'
import { shortPaths } from '../terminal/short-path.ts'
import { untrustedText } from '../terminal/untrusted-text.ts'
import { wrap } from '../terminal/wrap.ts'
import type { CheckResult, Status } from './check.ts'

/** Formats results as lines for the user. */

/** Readable without colors, too. */
const signs: Readonly<Record<Status, string>> = { ok: 'ok', warn: 'warn', fail: 'FAIL', info: 'info', skip: 'skip' }

const paint: Readonly<Record<Status, (text: string) => string>> = {
  ok: colors.green,
  warn: colors.yellow,
  fail: colors.red,
  info: colors.cyan,
  skip: colors.gray,
}

const signWidth = 6
const titleWidth = 19
const remedyMark = '-> '
/** Columns, also on a wider terminal: longer lines are hard to read. */
const widest = 100
const narrowest = 60

export interface Layout {
  readonly columns: number
  readonly useColor: boolean
  /** Shown as `~`. */
  readonly home: string
}

const tidy = (text: string, layout: Layout): string => shortPaths(untrustedText(text), layout)

/** An indented line is a command to copy: it is not wrapped if it fits. */
const isVerbatim = (line: string, width: number): boolean => line.startsWith('  ') && line.trim().length <= width

/** The parts of a text that are never broken. */
const piecesOf = (text: string, width: number): string[] =>
  text.split('\n').flatMap((line) => (isVerbatim(line, width) ? [line.trim()] : line.trim().split(' ')))

/** The column where a text begins: `narrow` if one of its pieces does not fit at `usual`. */
const columnFor = (text: string, usual: number, narrow: number, columns: number): number =>
  piecesOf(text, columns - narrow).every((piece) => piece.length <= columns - usual) ? usual : narrow

const block = (text: string, indent: number, columns: number): string[] =>
  text
    .split('\n')
    .flatMap((line) => (isVerbatim(line, columns - indent) ? [line.trim()] : wrap(line.trim(), columns - indent)))
    .map((part) => ' '.repeat(indent) + part)

/** Puts the first line of a text next to the head if the head fits into the indent, otherwise below it. */
const afterHead = (head: string, lines: readonly string[], indent: number): string[] => {
  const [first = '', ...rest] = lines
  return head.length <= indent ? [head.padEnd(indent) + first.slice(indent), ...rest] : [head.trimEnd(), first, ...rest]
}

export type Reporter = ReturnType<typeof createReporter>

const counted = (count: number, one: string, many: string): string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? one : many}`]

const summaryWords = (results: readonly CheckResult[]): string => {
  const of = (status: Status): number => results.filter((result) => result.status === status).length
  const found = [...counted(of('fail'), 'error', 'errors'), ...counted(of('warn'), 'warning', 'warnings')]
  const skipped = counted(of('skip'), 'check was', 'checks were').map((some) => ` ${some} skipped.`)
  if (found.length === 0) return ['No problems found.', ...skipped].join('')
  return [found.join(' and '), `: see the lines with ${remedyMark.trim()} above.`, ...skipped].join('')
}

export const createReporter = (layout: Layout) => {
  const columns = Math.max(Math.min(layout.columns, widest), narrowest)
  const painted = (status: Status, lines: readonly string[]): string => {
    const [first = '', ...rest] = lines
    const sign = first.slice(0, signWidth)
    const head = layout.useColor ? paint[status](sign) + first.slice(signWidth) : first
    return `${[head, ...rest].join('\n')}\n`
  }
  const detailColumn = signWidth + titleWidth
  return {
    group: (title: string): string => `\n${layout.useColor ? colors.bold(title) : title}\n`,
    result({ status, title, detail, remedy }: CheckResult): string {
      const head = `${signs[status].padEnd(signWidth)}${title}`
      const found = tidy(detail, layout)
      const column = columnFor(found, detailColumn, signWidth, columns)
      const lines = afterHead(head, block(found, column, columns), column)
      if (remedy === undefined) return painted(status, lines)
      const words = tidy(remedy, layout)
      const adviceColumn = columnFor(words, column + remedyMark.length, signWidth + remedyMark.length, columns)
      const mark = remedyMark.padStart(adviceColumn)
      return painted(status, [...lines, ...afterHead(mark, block(words, adviceColumn, columns), adviceColumn)])
    },
    /** Several checks that were skipped for the same reason. */
    skipped(results: readonly CheckResult[]): string {
      const [{ detail = '' } = {}] = results
      const titles = results.map(({ title }) => title).join(', ')
      const text = `${titles} (${tidy(detail, layout)})`
      return painted('skip', afterHead(signs.skip, block(text, signWidth, columns), signWidth))
    },
    summary: (results: readonly CheckResult[]): string => `\n${wrap(summaryWords(results), columns).join('\n')}\n`,
  }
}
