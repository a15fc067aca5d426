import { median } from '../support/samples.ts'
import type { Sample, Weight } from './measure.ts'
import type { Target } from './targets.ts'
import type { Workload } from './workloads.ts'

/** One row of the table: the cost of a workload with each target. */
export interface Row {
  readonly workload: Pick<Workload, 'id' | 'title' | 'measure' | 'goal' | 'guard'>
  /** The rounds of each target. */
  readonly samples: Readonly<Record<string, readonly Sample[]>>
}

/** Programs that do the same work, and its rows. */
export interface Table {
  readonly targets: readonly Pick<Target, 'id' | 'mark' | 'guard'>[]
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

/** How a target's value compares with its mark's. */
const compare: Readonly<Record<Workload['measure'], (value: number, mark: number) => number>> = {
  request: (value, mark) => value / mark,
  delta: (value, mark) => value / mark,
  firstEvent: (value, mark) => value - mark,
  added: (value, mark) => (value - mark) * microseconds,
}

/**
 * The figure that the goal limits. For CPU time, the ratio to the target's mark or the difference, round by round,
 * because a disturbance affects both. For the first event, the milliseconds that the target adds to the upstream's own.
 */
const comparison = (row: Row, { id, mark = defaultMark }: Column): number | undefined => {
  const { measure } = row.workload
  const marks = valuesOf(row, measure === 'firstEvent' ? 'direct' : mark)
  const values = valuesOf(row, id)
  if (values.length === 0 || values.length !== marks.length) return undefined
  return median(values.map((value, round) => compare[measure](value, marks[round] ?? 0)))
}

const guardedFigure = (row: Row, target: string, mark: string): number =>
  compare[row.workload.measure](median(valuesOf(row, target)), median(valuesOf(row, mark)))

/** A sentence if the target exceeds its limit in this row. */
const guardFault = ({ workload, samples }: Row, { id, guard }: Column): string | undefined => {
  const limit = guard?.limit ?? workload.guard
  if (guard === undefined || limit === undefined) return undefined
  const figure = guardedFigure({ workload, samples }, id, guard.mark)
  if (figure <= limit) return undefined
  const words = workload.measure === 'added' ? 'us more than' : 'times'
  return `${workload.title}: ${id} costs ${digits(figure)} ${words} ${guard.mark}, the limit is ${limit}`
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
}

const digits = (value: number): string => value.toPrecision(value >= 100 ? 4 : 3).replace(/\.?0+e/, 'e')

const signed = (value: number): string => `${value < 0 ? '' : '+'}${digits(value)}`

const goalUnits: Readonly<Record<Workload['measure'], string>> = {
  request: 'x',
  delta: 'x',
  firstEvent: ' ms',
  added: ' us',
}

const cell = (row: Row, target: Column): string => {
  const compared = comparison(row, target)
  if (compared === undefined) return ''
  if (row.workload.measure === 'firstEvent') return `${digits(compared)} ms`
  const { middle, spread } = figureOf(valuesOf(row, target.id))
  const figure = `${digits(middle)} ±${Math.round(spread / 2)} %`
  if (target.id === defaultMark) return figure
  if (row.workload.measure === 'added') return compared === 0 ? figure : `${figure}, ${signed(compared)} us`
  return `${figure}, ${digits(compared)}x${target.mark === undefined ? '' : ` ${target.mark}`}`
}

const goalOf = ({ workload: { goal, measure } }: Row): string =>
  goal === undefined ? '' : `${goal}${goalUnits[measure]}`

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** Limits of the figures that are not ratios. */
const limits = { startMs: 25, idleMegabytes: 60, streamingMegabytes: 100 } as const

/** One table, in Markdown. */
const toMarkdown = ({ targets, rows }: Table, weights: Report['weights']): string => {
  // The upstream itself has no cost to compare.
  const shown = targets.filter(({ id }) => id !== 'direct')
  const weighed = (title: string, unit: string, member: keyof Weight): string => {
    const cells = shown.map(({ id }) => {
      const weight = weights[id]?.[member]
      return weight === undefined ? '' : digits(typeof weight === 'number' ? weight : median(weight))
    })
    return line([title, unit, ...cells, String(limits[member])])
  }
  return [
    line(['work', 'measured in', ...shown.map(({ id }) => id), 'goal']),
    line(Array.from({ length: shown.length + 3 }, () => '---')),
    ...rows.map((row) =>
      line([row.workload.title, units[row.workload.measure], ...shown.map((target) => cell(row, target)), goalOf(row)]),
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
