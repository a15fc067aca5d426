import type { UsagePoint } from '../usage/usage-report.ts'
import type { ChartDefinition } from './chart-definitions.ts'

/** The columns that the chart library draws. */

export interface ChartData {
  /** Start of each point, in seconds since 1970. */
  readonly seconds: readonly number[]
  /** One list for each series; null where there is no figure. */
  readonly values: readonly (readonly (number | null)[])[]
}

const millisecondsPerSecond = 1000

export const chartDataOf = ({ series }: Pick<ChartDefinition, 'series'>, points: readonly UsagePoint[]): ChartData => ({
  seconds: points.map(({ at }) => Date.parse(at) / millisecondsPerSecond),
  values: series.map(({ value }) => points.map((point) => value(point) ?? null)),
})

/** Each series on top of the ones before it. */
export const stacked = (values: ChartData['values']): number[][] => {
  const sums: number[][] = []
  for (const series of values) {
    const below = sums.at(-1)
    sums.push(series.map((value, index) => (value ?? 0) + (below?.[index] ?? 0)))
  }
  return sums
}
