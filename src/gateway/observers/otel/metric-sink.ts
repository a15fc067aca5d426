import type { PushMetricExporter } from '@opentelemetry/sdk-metrics'
import type { RecordSink } from '../batched-report.ts'
import type { ObserverLosses } from '../losses.ts'
import type { OtelPlatform, OtelSettings } from './options.ts'
import type { SendOtlp } from './otlp-sender.ts'
import { createAddRequests, type RequestMetricsOptions } from './request-metrics.ts'
import { loadResource, scope } from './resource.ts'

export interface MetricSinkOptions
  extends RequestMetricsOptions,
    Pick<OtelSettings, 'resource' | 'metricTimes'>,
    Pick<OtelPlatform, 'instanceId'> {
  readonly send: SendOtlp
  readonly lost: ObserverLosses
}

type Result = Parameters<Parameters<PushMetricExporter['export']>[1]>[0]

const sent: Result = { code: 0 }
const failed: Result = { code: 1 }

/** Loads OpenTelemetry's packages, adds records to its metrics, and sends these now and then. */
export const loadMetricSink = async (options: MetricSinkOptions): Promise<RecordSink> => {
  const { send, lost, metricTimes } = options
  const { JsonMetricsSerializer } = await import('@opentelemetry/otlp-transformer')
  const { AggregationTemporality, MeterProvider, PeriodicExportingMetricReader } = await import(
    '@opentelemetry/sdk-metrics'
  )
  const temporality = metricTimes.isDelta ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE
  const deliver = async (body: Uint8Array | undefined): Promise<Result> => {
    const { lost: reason, rejected } = body === undefined ? { lost: 'not serializable', rejected: 0 } : await send(body)
    // Cumulative figures are complete with the next success: this counts exports, not requests.
    if (reason !== undefined) lost.add(`metrics: ${reason}`)
    if (rejected > 0) lost.add('metrics: rejected', rejected)
    return reason === undefined ? sent : failed
  }
  const exporter: PushMetricExporter = {
    export: (metrics, done) => void deliver(JsonMetricsSerializer.serializeRequest(metrics)).then(done),
    selectAggregationTemporality: () => temporality,
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  const { everyMs: exportIntervalMillis, timeoutMs: exportTimeoutMillis } = metricTimes
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis, exportTimeoutMillis })
  const provider = new MeterProvider({ resource: await loadResource(options, options), readers: [reader] })
  const add = createAddRequests(provider.getMeter(scope.name, scope.version), options)
  return {
    write: add,
    end: () => provider.shutdown(),
  }
}
