import type { IAnyValue, IKeyValue } from '@opentelemetry/otlp-transformer/build/src/common/internal-types'
import type {
  IExportMetricsServiceRequest,
  IMetric,
} from '@opentelemetry/otlp-transformer/build/src/metrics/internal-types'
import type { IExportTraceServiceRequest, ISpan } from '@opentelemetry/otlp-transformer/build/src/trace/internal-types'
import { afterTest } from './cleanup.ts'

/** An OpenTelemetry collector on loopback. It reads requests by OpenTelemetry's own types. */

interface Export {
  readonly path: string
  readonly headers: Headers
  /** After decompression. */
  readonly text: string
}

/** The answer to an export, from 1; undefined for success. */
type Answer = (count: number, path: string) => Response | Promise<Response> | undefined

export type Attributes = Readonly<Record<string, unknown>>

const toValue = ({ stringValue, intValue, doubleValue, boolValue, arrayValue }: IAnyValue): unknown =>
  stringValue ??
  (intValue === undefined ? undefined : Number(intValue)) ??
  doubleValue ??
  boolValue ??
  arrayValue?.values.map(toValue)

export const attributesOf = (list: readonly IKeyValue[] = []): Attributes =>
  Object.fromEntries(list.map(({ key, value }) => [key, toValue(value)]))

/** A point of a counter or a histogram. */
export interface Point {
  readonly name: string
  readonly unit: string | undefined
  readonly temporality: number | undefined
  readonly attributes: Attributes
  /** Of a counter its value, of a histogram its sum. */
  readonly sum: number
  readonly count: number | undefined
  readonly bounds: readonly number[] | undefined
}

const pointsOf = ({ name, unit, sum, histogram }: IMetric): Point[] => [
  ...(sum?.dataPoints ?? []).map(({ attributes, asInt, asDouble }) => ({
    name,
    unit,
    temporality: sum?.aggregationTemporality,
    attributes: attributesOf(attributes),
    sum: Number(asInt ?? asDouble),
    count: undefined,
    bounds: undefined,
  })),
  ...(histogram?.dataPoints ?? []).map(({ attributes, sum: total, count, explicitBounds }) => ({
    name,
    unit,
    temporality: histogram?.aggregationTemporality,
    attributes: attributesOf(attributes),
    sum: Number(total),
    count: Number(count),
    bounds: explicitBounds,
  })),
]

export const startCollector = (answer: Answer = () => undefined) => {
  const exports: Export[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const bytes = await request.bytes()
      const isCompressed = request.headers.get('content-encoding') === 'gzip'
      const { pathname: path } = new URL(request.url)
      const text = new TextDecoder().decode(isCompressed ? Bun.gunzipSync(new Uint8Array(bytes)) : bytes)
      exports.push({ path, headers: request.headers, text })
      return (await answer(exports.length, path)) ?? Response.json({ partialSuccess: {} })
    },
  })
  afterTest(() => server.stop(true))
  const requestsTo = <Body>(path: string): Body[] =>
    exports.filter((one) => one.path === path).map(({ text }) => JSON.parse(text) as Body)
  const traces = () =>
    requestsTo<IExportTraceServiceRequest>('/v1/traces').flatMap(({ resourceSpans = [] }) => resourceSpans)
  const metrics = () =>
    requestsTo<IExportMetricsServiceRequest>('/v1/metrics').map(({ resourceMetrics }) => resourceMetrics)
  return {
    url: `http://127.0.0.1:${server.port}`,
    exports,
    spans: (): ISpan[] => traces().flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans = [] }) => spans)),
    resources: (): Attributes[] =>
      [...traces(), ...metrics().flat()].map(({ resource }) => attributesOf(resource?.attributes)),
    /** Those of the last export: cumulative figures are complete. */
    points: (): Point[] =>
      (metrics().at(-1) ?? []).flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap(({ metrics: list }) => list.flatMap(pointsOf)),
      ),
  }
}

export type Collector = ReturnType<typeof startCollector>
