import type { Counter, Gauge, Histogram, Metric, RegistryContentType } from 'prom-client'
import { createCounterBuffer } from './counter-buffer.ts'
import {
  type CounterName,
  costLabels,
  counters,
  droppedCounter,
  type GaugeName,
  gauges,
  type HistogramName,
  histograms,
  prefix,
  samplesOf,
} from './metric-table.ts'
import { createSeriesLimit, type Labels } from './series-limit.ts'

/** Prometheus' metrics by prom-client, which is loaded here alone. */

/** Figures of the process, which a scrape reads. */
export interface ProcessFigures {
  readonly residentBytes: number
  readonly cpuSeconds: number
  /** Seconds since 1970. */
  readonly startSeconds: number
  /** Undefined where the system does not tell. */
  readonly openFiles: number | undefined
}

export type MetricsFormat = 'text' | 'openmetrics'

export interface Instruments {
  /** Adds to a counter; 0 shows it. */
  count(name: CounterName, labels: Labels, value?: number): void
  addCost(labels: Labels, amount: number): void
  observe(name: HistogramName, labels: Labels, seconds: number): void
  set(name: GaugeName, value: number, labels?: Labels): void
  setDropped(counts: ReadonlyMap<string, number>): void
  setProcess(figures: ProcessFigures): void
  render(format: MetricsFormat): Promise<{ readonly text: string; readonly contentType: string }>
}

/** All samples of a scrape (OP-M1). */
const mostSeries = 3000
/** Gauges, the process, lost records, and one label set of each metric for what exceeds the limit. */
const reservedSeries = 150

const samplesOfCounter = 1

const currencyCode = /^[a-z]{3}$/

/** The unit is part of the name, as Prometheus recommends. */
const costName = (currency: string): string => {
  const code = currency.toLowerCase()
  return `${prefix}cost_${currencyCode.test(code) ? code : 'usd'}_total`
}

type Made<Name extends string, Instrument> = Readonly<Record<Name, Instrument>>

const mapRows = <Name extends string, Row, Result>(
  rows: Readonly<Record<Name, Row>>,
  create: (name: Name, row: Row) => Result,
): Made<Name, Result> =>
  Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, create(name as Name, row as Row)])) as never

/** The same metric under a name that the registry may change: prom-client cuts `_total` off for OpenMetrics. */
const renamable = (metric: Metric): Metric =>
  Object.create(metric, { name: { value: Reflect.get(metric, 'name'), writable: true } })

const createOpenMetricsRegistry = ({ Registry, openMetricsContentType }: typeof import('prom-client')) => {
  const registry = new Registry<RegistryContentType>()
  registry.setContentType(openMetricsContentType)
  return registry
}

/** Loads prom-client and creates the metrics. */
export const loadInstruments = async (currency: string): Promise<Instruments> => {
  const prom = await import('prom-client')
  const registry = new prom.Registry()
  const openMetrics = createOpenMetricsRegistry(prom)
  const registered = <One extends Metric>(metric: One): One => {
    openMetrics.registerMetric(renamable(metric))
    return metric
  }
  const registers = [registry]
  const counter = (name: string, help: string, labelNames: readonly string[] = []): Counter =>
    registered(new prom.Counter({ name, help, labelNames, registers }))
  const gauge = (name: string, help: string, labelNames: readonly string[] = []): Gauge =>
    registered(new prom.Gauge({ name, help, labelNames, registers }))
  const limited = createSeriesLimit(mostSeries - reservedSeries)
  const buffered = (name: string, target: Counter) =>
    createCounterBuffer(target, (labels) => limited(name, labels, samplesOfCounter))
  const counting = mapRows(counters, (name, { help, labels }) => buffered(name, counter(prefix + name, help, labels)))
  const observing = mapRows(
    histograms,
    (name, { help, labels, buckets }): Histogram =>
      registered(
        new prom.Histogram({ name: prefix + name, help, labelNames: [...labels], buckets: [...buckets], registers }),
      ),
  )
  const cost = buffered(
    'cost',
    counter(costName(currency), 'Estimated cost of requests with a known price.', costLabels),
  )
  const measuring = mapRows(gauges, (name, { help, labels }) => gauge(prefix + name, help, labels))
  const dropped = counter(prefix + droppedCounter.name, droppedCounter.help, droppedCounter.labels)
  return {
    count: (name, labels, value = 1) => counting[name].add(labels, value),
    addCost: (labels, amount) => cost.add(labels, amount),
    observe(name, labels, seconds) {
      observing[name].observe(limited(name, labels, samplesOf(name)), seconds)
    },
    set(name, value, labels = {}) {
      measuring[name].set(labels, value)
    },
    setDropped(counts) {
      dropped.reset()
      for (const [observer, count] of counts) dropped.inc({ observer }, count)
    },
    setProcess: createProcessMetrics(counter, gauge),
    async render(format) {
      for (const { flush } of [...Object.values(counting), cost]) flush()
      const source = format === 'text' ? registry : openMetrics
      return { text: await source.metrics(), contentType: source.contentType }
    },
  }
}

/** The metrics of every program, under their usual names. prom-client's own are wrong in Bun. */
const createProcessMetrics = (
  counter: (name: string, help: string) => Counter,
  gauge: (name: string, help: string) => Gauge,
): Instruments['setProcess'] => {
  // Only a platform that knows its process has them.
  const create = () => ({
    memory: gauge('process_resident_memory_bytes', 'Resident memory size in bytes.'),
    cpu: counter('process_cpu_seconds_total', 'CPU time of the process in seconds.'),
    start: gauge('process_start_time_seconds', 'Start time of the process in seconds since 1970.'),
  })
  let created: ReturnType<typeof create> | undefined
  let files: Gauge | undefined
  return ({ residentBytes, cpuSeconds, startSeconds, openFiles }) => {
    created ??= create()
    created.memory.set(residentBytes)
    created.cpu.reset()
    created.cpu.inc(cpuSeconds)
    created.start.set(startSeconds)
    if (openFiles === undefined) return
    files ??= gauge('process_open_fds', 'Number of open file descriptors.')
    files.set(openFiles)
  }
}
