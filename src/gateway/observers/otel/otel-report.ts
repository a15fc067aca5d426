import { unbracketed } from '../../../base/brackets.ts'
import type { RequestRecord } from '../../request-record.ts'
import { createTrace } from '../../request-trace.ts'
import { createBatchedReport } from '../batched-report.ts'
import type { CreateReport, Report } from '../report.ts'
import { type OtelUpstream, upstreamAttributes } from './names.ts'
import type { OtelPlatform, OtelSettings, OtlpTarget } from './options.ts'
import { createOtlpSender, type SendOtlp } from './otlp-sender.ts'

/** Sends traces and metrics to an OpenTelemetry collector (OP-O). Its packages are loaded with the first request. */

const observer = 'otel'

/** Records that wait for the packages and their turn, and what is written at once. */
const metricBatches = { capacity: 10_000, everyMs: 1000, mostRecords: 200 }

const portOf = ({ protocol, port }: URL): number => (port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port))

const toOtelUpstream = ({ providerName, address }: Shared['upstream']): OtelUpstream => {
  const url = new URL(address)
  return { providerName, serverAddress: unbracketed(url.hostname), serverPort: portOf(url) }
}

type Shared = Parameters<CreateReport>[0]

/** A request that was sent to a model: no count, and nothing that this server refused. */
const isModelRequest = ({ operation, attempts }: RequestRecord): boolean => operation === 'message' && attempts > 0

/** The record of a request whose span is sent; undefined for the others. */
const createSampled =
  ({ trace: options }: OtelSettings) =>
  (record: RequestRecord): RequestRecord | undefined => {
    if (record.trace === undefined && options.ratio === 1) return record
    const trace = record.trace ?? createTrace(undefined, options)
    return trace.isSampled ? { ...record, trace } : undefined
  }

/** Reports with a common end: failed requests are not repeated then. */
const joined = (reports: readonly Report[], ending: AbortController, stopped: AbortController): Report => ({
  observe(record, words) {
    if (!isModelRequest(record)) return
    for (const { observe } of reports) observe(record, words)
  },
  async end(limit) {
    ending.abort()
    const stop = (): void => stopped.abort()
    limit.addEventListener('abort', stop, { once: true })
    await Promise.all(reports.map(({ end }) => end(limit)))
    limit.removeEventListener('abort', stop)
  },
})

const spanReport = (settings: OtelSettings, platform: OtelPlatform, send: SendOtlp, shared: Shared): Report => {
  const { queueSize: capacity, delayMs: everyMs, size: mostRecords } = settings.batches
  const lost = shared.losses.of(observer)
  const upstream = upstreamAttributes(settings.names, toOtelUpstream(shared.upstream))
  const sampled = createSampled(settings)
  const { observe, end } = createBatchedReport({
    ...shared,
    name: observer,
    capacity,
    everyMs,
    mostRecords,
    async load() {
      const { loadSpanSink } = await import('./span-sink.ts')
      return loadSpanSink({ ...settings, ...platform, upstream, send, lost })
    },
  })
  return {
    observe(record, words) {
      const wanted = sampled(record)
      if (wanted !== undefined) observe(wanted, words)
    },
    end,
  }
}

const metricReport = (settings: OtelSettings, platform: OtelPlatform, send: SendOtlp, shared: Shared): Report => {
  const lost = shared.losses.of(observer)
  const upstream = upstreamAttributes(settings.names, toOtelUpstream(shared.upstream))
  return createBatchedReport({
    ...shared,
    ...metricBatches,
    name: observer,
    async load() {
      const { loadMetricSink } = await import('./metric-sink.ts')
      return loadMetricSink({ ...settings, ...platform, labels: shared.labels, upstream, send, lost })
    },
  })
}

export const createOtelReport =
  (settings: OtelSettings, platform: OtelPlatform): CreateReport =>
  (shared) => {
    const ending = new AbortController()
    const stopped = new AbortController()
    const senderTo = (target: OtlpTarget, timeoutMs: number): SendOtlp =>
      createOtlpSender({ ...platform, target, timeoutMs, ending: ending.signal, stopped: stopped.signal })
    const { traces, metrics, batches, metricTimes } = settings
    const reports = [
      ...(traces ? [spanReport(settings, platform, senderTo(traces, batches.timeoutMs), shared)] : []),
      ...(metrics ? [metricReport(settings, platform, senderTo(metrics, metricTimes.timeoutMs), shared)] : []),
    ]
    return joined(reports, ending, stopped)
  }
