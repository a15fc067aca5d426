import { median } from '../support/samples.ts'
import type { Sample, Weight } from './measure.ts'
import type { Workload } from './workloads.ts'

/** One row of the table: the cost of a workload with each target. */
export interface Row {
  readonly workload: Pick<Workload, 'id' | 'title' | 'measure' | 'goal' | 'guard'>
  /** The rounds of each target. */
  readonly samples: Readonly<Record<string, readonly Sample[]>>
}

export interface Report {
  readonly version: string
  readonly machine: string
  /** Whether the proxy had a core for itself. */
  readonly isPinned: boolean
  readonly rounds: number
  readonly targets: readonly string[]
  readonly rows: readonly Row[]
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

/** Compares the program's two upstreams with each other. */
const markOf = (target: string): string => (target === 'openai' ? 'product' : 'pass')

/**
 * The figure that the goal limits. For CPU time, the ratio to the target's mark, round by round, because a disturbance
 * affects both. For the first event, the milliseconds that the target adds to the upstream's own.
 */
const comparison = (row: Row, target: string): number | undefined => {
  const isAdded = row.workload.measure === 'firstEvent'
  const marks = valuesOf(row, isAdded ? 'direct' : markOf(target))
  const values = valuesOf(row, target)
  if (values.length === 0 || values.length !== marks.length) return undefined
  return median(values.map((value, round) => (isAdded ? value - (marks[round] ?? 0) : value / (marks[round] ?? 0))))
}

/** The limit of Chat Completions in the short rounds of `--guard`, as a multiple of Converse's cost. */
const openAiGuard = 1.6

const ratioOf = (row: Row, target: string, mark: string): number =>
  median(valuesOf(row, target)) / median(valuesOf(row, mark))

/** A sentence for each row in which the product exceeds a limit. */
export const guardFaults = ({ rows }: Pick<Report, 'rows'>): string[] =>
  rows.flatMap((row) => {
    const { guard, title } = row.workload
    if (guard === undefined) return []
    const limits = [
      ['product', 'bare', guard],
      ['openai', 'product', openAiGuard],
    ] as const
    return limits.flatMap(([target, mark, limit]) => {
      const ratio = ratioOf(row, target, mark)
      return ratio <= limit ? [] : [`${title}: ${target} costs ${digits(ratio)} times ${mark}, the limit is ${limit}`]
    })
  })

const units: Readonly<Record<Workload['measure'], string>> = {
  request: 'CPU ms a request',
  delta: 'CPU s for 100,000 deltas',
  firstEvent: 'ms added',
}

const digits = (value: number): string => value.toPrecision(value >= 100 ? 4 : 3).replace(/\.?0+e/, 'e')

const cell = (row: Row, target: string): string => {
  const compared = comparison(row, target)
  if (compared === undefined) return ''
  if (row.workload.measure === 'firstEvent') return `${digits(compared)} ms`
  const { middle, spread } = figureOf(valuesOf(row, target))
  const figure = `${digits(middle)} ±${Math.round(spread / 2)} %`
  if (target === 'pass') return figure
  return `${figure}, ${digits(compared)}x${target === 'openai' ? ' product' : ''}`
}

const goalOf = ({ workload: { goal, measure } }: Row): string =>
  goal === undefined ? '' : measure === 'firstEvent' ? `${goal} ms` : `${goal}x`

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** Limits of the figures that are not ratios. */
const limits = { startMs: 25, idleMegabytes: 60, streamingMegabytes: 100 } as const

/** The table, in Markdown. */
export const toTable = ({ targets, rows, weights }: Report): string => {
  // The upstream itself has no cost to compare.
  const shown = targets.filter((target) => target !== 'direct')
  const weighed = (title: string, unit: string, member: keyof Weight): string => {
    const cells = shown.map((target) => {
      const weight = weights[target]?.[member]
      return weight === undefined ? '' : digits(typeof weight === 'number' ? weight : median(weight))
    })
    return line([title, unit, ...cells, String(limits[member])])
  }
  return [
    line(['work', 'measured in', ...shown, 'goal']),
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
