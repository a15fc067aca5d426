import { isObject } from '../../src/base/json.ts'

/** A collector of OpenTelemetry on loopback: receives spans over OTLP/HTTP with JSON. */

export interface Span {
  readonly name: string
  /** Single values by their names. */
  readonly attributes: ReadonlyMap<string, unknown>
}

export interface Collector {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string
  stop(): Promise<void>
}

/** The members of the objects of a list, one list after another. */
const membersOf = (list: unknown, name: string): unknown[] =>
  (Array.isArray(list) ? list : []).flatMap((item) => (isObject(item) ? (item[name] ?? []) : []))

const attributesOf = (span: Readonly<Record<string, unknown>>): Span['attributes'] => {
  const { attributes } = span
  const pairs = (Array.isArray(attributes) ? attributes : []).filter(isObject)
  return new Map(
    pairs.map(({ key, value }) => [String(key), isObject(value) ? Object.values(value)[0] : undefined] as const),
  )
}

const spansIn = (body: unknown): Span[] => {
  const scopes = membersOf(isObject(body) ? body['resourceSpans'] : [], 'scopeSpans')
  return membersOf(scopes, 'spans')
    .filter(isObject)
    .map((span) => ({ name: String(span['name']), attributes: attributesOf(span) }))
}

export const startCollector = (onSpan: (span: Span) => void): Collector => {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const body: unknown = await request.json()
      if (new URL(request.url).pathname === '/v1/traces') for (const span of spansIn(body)) onSpan(span)
      return Response.json({})
    },
  })
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) }
}
