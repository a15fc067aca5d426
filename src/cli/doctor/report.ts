import { colors } from '../terminal/colors.ts'
import { shortPaths } from '../terminal/short-path.ts'
import { wrap } from '../terminal/wrap.ts'
import type { CheckResult, Status } from './check.ts'

/** Results as lines for people. */

/** Told apart without colours, too. */
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
/** What a line has room for, whatever the terminal's width: longer lines are hard to read. */
const widest = 100
const narrowest = 60

/** What would command a terminal, or turn the writing around: certificates and answers are others' words. */
const hidden = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

export interface Layout {
  readonly columns: number
  readonly useColor: boolean
  /** Shown as `~`. */
  readonly home: string
}

const tidy = (text: string, layout: Layout): string => shortPaths(text.replace(hidden, ' '), layout)

/** A line that begins with blanks is to be typed or copied: it is not broken where it fits at all. */
const isVerbatim = (line: string, width: number): boolean => line.startsWith('  ') && line.trim().length <= width

/** What stays in one piece. */
const piecesOf = (text: string, width: number): string[] =>
  text.split('\n').flatMap((line) => (isVerbatim(line, width) ? [line.trim()] : line.trim().split(' ')))

/** Where a text begins: further left, all of it, where one of its pieces would not fit otherwise. */
const columnFor = (text: string, usual: number, narrow: number, columns: number): number =>
  piecesOf(text, columns - narrow).every((piece) => piece.length <= columns - usual) ? usual : narrow

const block = (text: string, indent: number, columns: number): string[] =>
  text
    .split('\n')
    .flatMap((line) => (isVerbatim(line, columns - indent) ? [line.trim()] : wrap(line.trim(), columns - indent)))
    .map((part) => ' '.repeat(indent) + part)

/** The first line of a text beside a head, where the text begins behind it; otherwise below it. */
const beside = (head: string, lines: readonly string[], indent: number): string[] => {
  const [first = '', ...rest] = lines
  return head.length <= indent ? [head.padEnd(indent) + first.slice(indent), ...rest] : [head.trimEnd(), first, ...rest]
}

export type Reporter = ReturnType<typeof createReporter>

const counted = (count: number, one: string, many: string): string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? one : many}`]

const summaryWords = (results: readonly CheckResult[]): string => {
  const of = (status: Status): number => results.filter((result) => result.status === status).length
  const found = [...counted(of('fail'), 'fault', 'faults'), ...counted(of('warn'), 'warning', 'warnings')]
  const skipped = counted(of('skip'), 'check was', 'checks were').map((some) => ` ${some} skipped.`)
  if (found.length === 0) return ['Nothing is wrong.', ...skipped].join('')
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
      const lines = beside(head, block(found, column, columns), column)
      if (remedy === undefined) return painted(status, lines)
      const words = tidy(remedy, layout)
      const adviceColumn = columnFor(words, column + remedyMark.length, signWidth + remedyMark.length, columns)
      const mark = remedyMark.padStart(adviceColumn)
      return painted(status, [...lines, ...beside(mark, block(words, adviceColumn, columns), adviceColumn)])
    },
    /** Several checks that were skipped for one reason. */
    skipped(results: readonly CheckResult[]): string {
      const [{ detail = '' } = {}] = results
      const titles = results.map(({ title }) => title).join(', ')
      const text = `${titles} (${tidy(detail, layout)})`
      return painted('skip', beside(signs.skip, block(text, signWidth, columns), signWidth))
    },
    summary: (results: readonly CheckResult[]): string => `\n${wrap(summaryWords(results), columns).join('\n')}\n`,
  }
}
