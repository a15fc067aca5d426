import { productName } from '../../../version.ts'

/** All metrics that the server has (OP-M). Dashboards and alerts of others rely on their names, labels and buckets. */

export const prefix = `${productName.replaceAll('-', '_')}_`

interface CounterRow {
  readonly help: string
  readonly labels: readonly string[]
}

interface HistogramRow extends CounterRow {
  /** Upper bounds in seconds. */
  readonly buckets: readonly number[]
}

/** What counts requests, by the name without the prefix. */
export const counters = {
  requests_total: {
    help: 'Finished requests.',
    labels: ['method', 'endpoint', 'model', 'status', 'upstream'],
  },
  tokens_total: {
    help: 'Tokens of requests to models, by type: input, output, cache_read, cache_write.',
    labels: ['type', 'model', 'upstream'],
  },
  errors_total: {
    help: "Requests that ended with an error, by Anthropic's name of the error.",
    labels: ['error_type', 'endpoint', 'upstream'],
  },
  upstream_tries_total: {
    help: 'Requests sent to the upstream, by result: ok, retried, failed, resent.',
    labels: ['upstream', 'result'],
  },
  limited_total: { help: 'Requests that a limit of this server refused.', labels: ['limit'] },
  cache_misses_total: { help: 'Requests that missed the prompt cache, by the reason.', labels: ['class'] },
  client_requests_total: { help: 'Requests of a named client, also refused ones.', labels: ['client'] },
  client_tokens_total: { help: 'Tokens of a named client, by type.', labels: ['client', 'type'] },
} as const satisfies Readonly<Record<string, CounterRow>>

export const costLabels = ['model', 'upstream'] as const

/** LLM answers take minutes: the last buckets are wide. */
export const histograms = {
  request_duration_seconds: {
    help: 'Time from the start of a request to the last byte of its answer.',
    labels: ['endpoint', 'model', 'upstream'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60, 120, 300, 600],
  },
  first_event_seconds: {
    help: 'Time from the start of a request to the first event of the model.',
    labels: ['model', 'upstream'],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60, 120],
  },
  queue_wait_seconds: {
    help: 'Time that requests waited for a place.',
    labels: [],
    buckets: [0.01, 0.1, 0.5, 1, 5, 10, 30],
  },
} as const satisfies Readonly<Record<string, HistogramRow>>

/** The state of the server at a scrape. */
export const gauges = {
  active_requests: { help: 'Requests to models that run now.', labels: [] },
  queued_requests: { help: 'Requests that wait for a place now.', labels: [] },
  state_up: { help: 'Whether the shared state works: 1 or 0.', labels: ['kind'] },
  info: { help: 'Facts about this server; the value is always 1.', labels: ['version', 'upstream', 'bun'] },
} as const satisfies Readonly<Record<string, CounterRow>>

export type CounterName = keyof typeof counters
export type HistogramName = keyof typeof histograms
export type GaugeName = keyof typeof gauges

/** Samples of one label set: the buckets, `+Inf`, the sum and the count. */
export const samplesOf = (name: HistogramName): number => histograms[name].buckets.length + 3

/** Counts of what observers lost, taken over at a scrape. */
export const droppedCounter = {
  name: 'observer_dropped_total',
  help: 'Records that an observer of this server lost.',
  labels: ['observer'],
} as const
