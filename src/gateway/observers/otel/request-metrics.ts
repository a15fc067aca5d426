import type { MeterProvider } from '@opentelemetry/sdk-metrics'
import type { RequestRecord } from '../../request-record.ts'
import { createModelLabel, type ModelLabelOptions } from '../metrics/label-values.ts'
import { type Attributes, type MetricRow, metricAttributes, metricRows, type NamesVersion } from './names.ts'

/** Adds finished requests to OpenTelemetry's instruments (OP-O3, OP-O4). */

type Meter = ReturnType<MeterProvider['getMeter']>
type Add = (value: number, attributes: Attributes) => void

const createInstrument = (meter: Meter, { name, unit, description, buckets }: MetricRow): Add => {
  if (buckets === undefined) {
    const counter = meter.createCounter(name, { unit, description })
    return (value, attributes) => counter.add(value, attributes)
  }
  const advice = { explicitBucketBoundaries: [...buckets] }
  const histogram = meter.createHistogram(name, { unit, description, advice })
  return (value, attributes) => histogram.record(value, attributes)
}

/** A metric has one instrument, also if two rows add to it. */
const createInstruments = (meter: Meter, rows: readonly MetricRow[]) => {
  const instruments = new Map<string, Add>()
  return rows.map((row) => {
    const add = instruments.get(row.name) ?? createInstrument(meter, row)
    instruments.set(row.name, add)
    return { row, add }
  })
}

export interface RequestMetricsOptions {
  readonly names: NamesVersion
  /** Attributes that all requests have. */
  readonly upstream: Attributes
  readonly labels: ModelLabelOptions
}

/** A request, and the model that its figures name. */
interface Labelled {
  readonly record: RequestRecord
  readonly model: string
}

/** Adds sums: OpenTelemetry takes a microsecond for each addition. */
const addSums = (
  requests: readonly Labelled[],
  { read }: MetricRow,
  add: (value: number, model: string) => void,
): void => {
  const sums = new Map<string, number>()
  for (const { record, model } of requests) {
    const value = read(record)
    if (value !== undefined) sums.set(model, (sums.get(model) ?? 0) + value)
  }
  for (const [model, sum] of sums) add(sum, model)
}

/** Returns the function that adds requests. */
export const createAddRequests = (meter: Meter, { names, upstream, labels }: RequestMetricsOptions) => {
  const instruments = createInstruments(meter, metricRows[names])
  const modelLabel = createModelLabel(labels)
  return (records: readonly RequestRecord[]): void => {
    const requests = records.map((record) => ({ record, model: modelLabel(record) }))
    for (const { row, add } of instruments) {
      const attributesOf = (model: string, errorType?: string): Attributes => ({
        ...metricAttributes(upstream, model, errorType),
        ...row.attributes,
      })
      if (row.buckets === undefined) {
        addSums(requests, row, (sum, model) => add(sum, attributesOf(model)))
        continue
      }
      for (const { record, model } of requests) {
        const value = row.read(record)
        if (value !== undefined) add(value, attributesOf(model, row.hasErrorType && record.errorType))
      }
    }
  }
}
