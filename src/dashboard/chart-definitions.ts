import type { Percentiles, UsageFigures } from '../usage/usage-report.ts'
import { amount, axisAmount, axisWhole, duration, type Format, money, percent } from './format.ts'

/** What each chart shows. The figures of a slot and of the whole range have the same shape. */

interface SeriesDefinition {
  readonly label: string
  /** A variable of the style sheet. */
  readonly color: string
  readonly value: (figures: UsageFigures) => number | undefined
}

export interface ChartDefinition {
  readonly id: string
  readonly title: string
  /** Stacked bars for sums; lines for all else, with gaps where there is no figure. */
  readonly kind: 'stack' | 'lines'
  readonly format: Format
  /** Default: the same. */
  readonly axisFormat?: Format
  readonly series: readonly SeriesDefinition[]
  /** The top of the scale, where it is fixed. */
  readonly maximum?: number
}

const answered = ({ requests, failed, refused, cancelled }: UsageFigures): number =>
  requests - failed - refused - cancelled

const tokens: ChartDefinition = {
  id: 'tokens',
  title: 'Tokens',
  kind: 'stack',
  format: amount,
  axisFormat: axisWhole,
  series: [
    { label: 'Cache read', color: '--teal', value: ({ cacheReadTokens }) => cacheReadTokens },
    { label: 'Cache written', color: '--amber', value: ({ cacheWriteTokens }) => cacheWriteTokens },
    { label: 'Input', color: '--blue', value: ({ inputTokens }) => inputTokens },
    { label: 'Output', color: '--violet', value: ({ outputTokens }) => outputTokens },
  ],
}

const requests: ChartDefinition = {
  id: 'requests',
  title: 'Requests',
  kind: 'stack',
  format: amount,
  axisFormat: axisWhole,
  series: [
    { label: 'Answered', color: '--teal', value: answered },
    { label: 'Cancelled', color: '--gray', value: ({ cancelled }) => cancelled },
    { label: 'Refused', color: '--amber', value: ({ refused }) => refused },
    { label: 'Failed', color: '--red', value: ({ failed }) => failed },
  ],
}

const cacheHits: ChartDefinition = {
  id: 'cache',
  title: 'Cache hit rate',
  kind: 'lines',
  format: percent,
  maximum: 1,
  series: [{ label: 'Read from the cache', color: '--teal', value: ({ cacheHitRate }) => cacheHitRate }],
}

const percentiles = (id: string, title: string, of: (figures: UsageFigures) => Percentiles): ChartDefinition => ({
  id,
  title,
  kind: 'lines',
  format: duration,
  series: [
    { label: 'p50', color: '--blue', value: (figures) => of(figures).p50 },
    { label: 'p95', color: '--amber', value: (figures) => of(figures).p95 },
  ],
})

const firstEvents = percentiles('first-event', 'Time to first event', ({ firstEventMs }) => firstEventMs)
const durations = percentiles('duration', 'Duration', ({ durationMs }) => durationMs)

const cost = (currency: string): ChartDefinition => ({
  id: 'cost',
  title: 'Cost (estimate)',
  kind: 'stack',
  format: money(currency),
  axisFormat: axisAmount,
  series: [{ label: 'Cost', color: '--blue', value: (figures) => figures.cost }],
})

/** Without a price there is nothing to show of the cost. */
export const chartsOf = (total: UsageFigures, currency: string): readonly ChartDefinition[] => [
  tokens,
  requests,
  firstEvents,
  durations,
  cacheHits,
  ...(total.cost === undefined ? [] : [cost(currency)]),
]
