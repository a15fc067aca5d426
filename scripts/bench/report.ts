import { median } from '../support/samples.ts'
import type { Sample, Weight } from './measure.ts'
import type { Target } from './target.ts'
import type { Goal, Workload } from './workload.ts'

/** One row of the table: the cost of a workload with each target. */
export interface Row {
  readonly workload: Pick<Workload, 'id' | 'title' | 'measure' | 'goal' | 'guard'>
  /** The rounds of each target. */
  readonly samples: Readonly<Record<string, readonly Sample[]>>
}

/** Programs that do the same work, and its rows. */
export interface Table {
  readonly targets: readonly Pick<Target, 'id' | 'mark' | 'goal' | 'guard'>[]
  readonly rows: readonly Row[]
}

export interface Report {
  readonly version: string
  readonly machine: string
  /** Whether the proxy had a core for itself. */
  readonly isPinned: boolean
  readonly rounds: number
  readonly tables: readonly Table[]
  /** By target. */
  readonly weights: Readonly<Record<string, Weight>>
}

/** The median of a target's rounds, and their spread in percent of it. */
interface Figure {
  readonly middle: number
  readonly spread: number
}

const figureOf = (values: readonly number[]): Figure => {
  const middle = median(values)
  return { middle, spread: middle === 0 ? 0 : ((Math.max(...values) - Math.min(...values)) / middle) * 100 }
}

const valuesOf = (row: Row, target: string): number[] => (row.samples[target] ?? []).map(({ value }) => value)

type Column = Table['targets'][number]

const defaultMark = 'pass'

const microseconds = 1000

const isMark = ({ id, mark = defaultMark }: Column): boolean => id === mark || id === defaultMark

/** How a target's value compares with its mark's. */
const compare: Readonly<Record<Workload['measure'], (value: number, mark: number) => number>> = {
  request: (value, mark) => value / mark,
  delta: (value, mark) => value / mark,
  firstEvent: (value, mark) => value - mark,
  // What it is longer than the pace says more than a ratio.
  gap: (value) => value,
  added: (value, mark) => (value - mark) * microseconds,
}

/** The median of figures of each round, because a disturbance affects all targets of a round. */
const byRound = (
  row: Row,
  targets: readonly string[],
  figure: (...values: readonly number[]) => number,
): number | undefined => {
  const [first = [], ...others] = targets.map((target) => valuesOf(row, target))
  if (first.length === 0 || others.some(({ length }) => length !== first.length)) return undefined
  return median(first.map((value, round) => figure(value, ...others.map((values) => values[round] ?? 0))))
}

/** What the target adds to its mark, or its ratio to it. The first event of `direct` is the upstream's own time. */
const comparison = (row: Row, { id, mark = defaultMark }: Column): number | undefined => {
  const { measure } = row.workload
  return byRound(row, [id, measure === 'firstEvent' ? 'direct' : mark], (value = 0, other = 0) =>
    compare[measure](value, other),
  )
}

const longestGap = (row: Row, { id }: Column): number | undefined => {
  const values = valuesOf(row, id)
  return values.length === 0 ? undefined : Math.max(...values)
}

/** The ratio to the mark: of the CPU time, or of the milliseconds that both add to the upstream's own. */
const ratio = (row: Row, target: Column): number | undefined => {
  const { id, mark = defaultMark } = target
  if (row.workload.measure === 'added' || row.workload.measure === 'gap' || isMark(target)) return undefined
  if (row.workload.measure !== 'firstEvent') return comparison(row, target)
  return byRound(row, [id, mark, 'direct'], (value = 0, other = 0, direct = 0) => (value - direct) / (other - direct))
}

/** The target's goal in this row. */
const goalOf = ({ workload }: Row, { goal }: Column): Goal | undefined => {
  if (goal === 'row') return workload.goal
  const isCpuRatio = workload.measure === 'request' || workload.measure === 'delta'
  return goal === undefined || !isCpuRatio ? undefined : { times: goal }
}

/** What the goal limits. Every gap counts, and the longest is a gap of one round. */
const judgedFigure = (row: Row, target: Column, goal: Goal): number | undefined => {
  if ('times' in goal) return ratio(row, target)
  return row.workload.measure === 'gap' ? longestGap(row, target) : comparison(row, target)
}

const verdict = (row: Row, target: Column): string => {
  const goal = goalOf(row, target)
  const figure = goal && judgedFigure(row, target, goal)
  if (goal === undefined || figure === undefined) return ''
  return judgement(figure <= ('times' in goal ? goal.times : goal.added))
}

const judgement = (isMet: boolean): string => (isMet ? ', met' : ', not met')

/** A ratio also for what a target adds: on a machine that takes twice as long, microseconds are twice as many. */
const guardedFigure = (row: Row, target: string, mark: string): number =>
  median(valuesOf(row, target)) / median(valuesOf(row, mark))

/** A sentence if the target exceeds its limit in this row. */
const guardFault = ({ workload, samples }: Row, { id, guard }: Column): string | undefined => {
  const limit = guard?.limit ?? workload.guard
  if (guard === undefined || limit === undefined) return undefined
  const figure = guardedFigure({ workload, samples }, id, guard.mark)
  if (figure <= limit) return undefined
  return `${workload.title}: ${id} costs ${digits(figure)} times ${guard.mark}, the limit is ${limit}`
}

/** A sentence for each row in which the product exceeds a limit. */
export const guardFaults = ({ tables }: Pick<Report, 'tables'>): string[] =>
  tables.flatMap(({ targets, rows }) =>
    rows.flatMap((row) => targets.flatMap((target) => guardFault(row, target) ?? [])),
  )

const units: Readonly<Record<Workload['measure'], string>> = {
  request: 'CPU ms a request',
  delta: 'CPU s for 100,000 deltas',
  firstEvent: 'ms added',
  added: 'CPU ms a request',
  gap: 'ms more than the pace, longest gap',
}

const digits = (value: number): string => value.toPrecision(value >= 100 ? 4 : 3).replace(/\.?0+e/, 'e')

const signed = (value: number): string => `${value < 0 ? '' : '+'}${digits(value)}`

const gapCell = (row: Row, target: Column): string | undefined => {
  const longest = longestGap(row, target)
  if (longest === undefined) return undefined
  const p99 = median((row.samples[target.id] ?? []).map((sample) => sample.p99 ?? 0))
  return `${digits(longest)} ms, 99 %: ${digits(p99)} ms`
}

const figures = (row: Row, target: Column): string | undefined => {
  const { measure } = row.workload
  if (measure === 'gap') return gapCell(row, target)
  const compared = comparison(row, target)
  const times = ratio(row, target)
  const shownRatio =
    times === undefined ? '' : `, ${digits(times)}x${target.mark === undefined ? '' : ` ${target.mark}`}`
  if (measure === 'firstEvent') return compared === undefined ? undefined : `${digits(compared)} ms${shownRatio}`
  const values = valuesOf(row, target.id)
  if (values.length === 0) return undefined
  const { middle, spread } = figureOf(values)
  const figure = `${digits(middle)} ±${Math.round(spread / 2)} %`
  if (measure !== 'added') return figure + shownRatio
  return compared === undefined || isMark(target) ? figure : `${figure}, ${signed(compared)} us`
}

const cell = (row: Row, target: Column): string => {
  const shown = figures(row, target)
  return shown === undefined ? '' : shown + verdict(row, target)
}

/** The goal of the targets that must reach the row's. */
const goalCell = ({ workload: { goal, measure } }: Row, targets: Table['targets']): string => {
  if (goal === undefined) return ''
  const judged = targets.find((target) => target.goal === 'row')
  if ('times' in goal) return `${goal.times}x ${judged?.mark ?? defaultMark}`
  return `${goal.added} ${measure === 'added' ? 'us' : 'ms'}`
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** Limits of the program with its default settings. */
const limits = { startMs: 60, idleMegabytes: 60, streamingMegabytes: 100 } as const

/** One table, in Markdown. */
const toMarkdown = ({ targets, rows }: Table, weights: Report['weights']): string => {
  // The upstream itself has no cost to compare. Its gaps are those of this machine.
  const hasGaps = rows.some(({ workload }) => workload.measure === 'gap')
  const shown = targets.filter(({ id }) => hasGaps || id !== 'direct')
  const weighed = (title: string, unit: string, member: keyof Weight): string => {
    const cells = shown.map(({ id }) => {
      const weight = weights[id]?.[member]
      if (weight === undefined) return ''
      const figure = typeof weight === 'number' ? weight : median(weight)
      return digits(figure) + (id === 'product' ? judgement(figure <= limits[member]) : '')
    })
    return line([title, unit, ...cells, String(limits[member])])
  }
  return [
    line(['work', 'measured in', ...shown.map(({ id }) => id), 'goal']),
    line(Array.from({ length: shown.length + 3 }, () => '---')),
    ...rows.map((row) =>
      line([
        row.workload.title,
        units[row.workload.measure],
        ...shown.map((target) => cell(row, target)),
        goalCell(row, targets),
      ]),
    ),
    ...(Object.keys(weights).length === 0
      ? []
      : [
          weighed('memory at rest', 'MB', 'idleMegabytes'),
          weighed('memory with 200 streams', 'MB', 'streamingMegabytes'),
          weighed('start to the first 200', 'ms', 'startMs'),
        ]),
  ].join('\n')
}

/** All tables, in Markdown. */
export const toTables = ({ tables, weights }: Report): string =>
  tables.map((table) => toMarkdown(table, weights)).join('\n\n')
