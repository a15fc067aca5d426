import { describe, expect, test } from 'bun:test'
import { createLogger, type LogRecord } from '../../../src/base/logger.ts'
import { Secret } from '../../../src/base/secret.ts'
import { createTelemetryForwarder, type TelemetrySignal } from '../../../src/gateway/sign-in/telemetry-forwarder.ts'
import { afterTest } from '../../support/cleanup.ts'
import { waitUntil } from '../../support/wait-until.ts'

interface Received {
  readonly path: string
  readonly headers: Headers
  readonly bytes: readonly number[]
}

const start = (answer: (count: number) => Response | Promise<Response> = () => new Response(null)) => {
  const received: Received[] = []
  const collector = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const bytes = [...(await request.bytes())]
      received.push({ path: new URL(request.url).pathname, headers: request.headers, bytes })
      return answer(received.length)
    },
  })
  afterTest(() => collector.stop(true))
  const logged: LogRecord[] = []
  const clock = { at: 0 }
  const target = (signal: TelemetrySignal) => ({
    url: `${collector.url.origin}/v1/${signal}`,
    headers: new Map([['x-collector-key', new Secret('the-collectors-key')]]),
    timeoutMs: 10_000,
    isCompressed: false,
  })
  const forward = createTelemetryForwarder({
    targets: new Map((['metrics', 'traces'] as const).map((signal) => [signal, target(signal)])),
    fetch,
    log: createLogger('info', (record) => logged.push(record)),
    now: () => clock.at,
  })
  return { forward, received, logged, clock }
}

const sent = (...bytes: number[]) => ({
  body: new Uint8Array(bytes),
  contentType: 'application/x-protobuf',
  contentEncoding: 'gzip',
})

describe("the forwarder of a client's telemetry (SI-O1)", () => {
  test("sends it unchanged, with the collector's own headers and no token", async () => {
    const { forward, received } = start()
    forward('metrics', sent(0, 255, 10))
    await waitUntil(() => received.length === 1)
    const [{ path, headers, bytes } = { path: '', headers: new Headers(), bytes: [] }] = received
    expect([path, bytes]).toEqual(['/v1/metrics', [0, 255, 10]])
    expect(headers.get('content-type')).toBe('application/x-protobuf')
    expect(headers.get('content-encoding')).toBe('gzip')
    expect(headers.get('x-collector-key')).toBe('the-collectors-key')
    expect(headers.has('authorization')).toBe(false)
  })

  test('throws a signal without a target away', async () => {
    const { forward, received } = start()
    forward('logs', sent(1))
    forward('traces', sent(2))
    await waitUntil(() => received.length === 1)
    expect(received[0]?.path).toBe('/v1/traces')
  })

  test('waits for no collector, keeps at most eight exports, and logs once a minute what is lost', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { forward, received, logged, clock } = start(async () => {
      await promise
      return new Response(null)
    })
    for (let count = 0; count < 10; count += 1) forward('metrics', sent(count))
    await waitUntil(() => received.length === 8)
    expect(logged).toMatchObject([
      { event: 'sign_in.telemetry_lost', fields: { reason: 'too many at once', exports: 1 } },
    ])
    clock.at = 60_000
    forward('metrics', sent(11))
    expect(logged.at(-1)?.fields).toEqual({ reason: 'too many at once', exports: 2 })
    resolve()
    await waitUntil(() => {
      forward('traces', sent(12))
      return received.some(({ path }) => path === '/v1/traces')
    })
  })

  test('logs the status of a collector that refuses, and never its address', async () => {
    const { forward, logged } = start(() => new Response('secret', { status: 503 }))
    forward('metrics', sent(1))
    await waitUntil(() => logged.length === 1)
    expect(logged).toMatchObject([{ level: 'warn', fields: { reason: 'HTTP 503', exports: 1 } }])
  })
})
