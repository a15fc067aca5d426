import { describe, expect, test } from 'bun:test'
import { GatewayError } from '../../../../src/base/errors.ts'
import { createLogger } from '../../../../src/base/logger.ts'
import { Secret } from '../../../../src/base/secret.ts'
import { createGateway } from '../../../../src/gateway/gateway.ts'
import { createTokenStatistics } from '../../../../src/gateway/observers/token-statistics.ts'
import { createAccess } from '../../../../src/gateway/policy/access.ts'
import type { RequestRecord } from '../../../../src/gateway/request-record.ts'
import { createRequestRecords } from '../../../../src/gateway/running-requests.ts'
import { createModelResolver } from '../../../../src/models/resolver.ts'
import { createShutdown } from '../../../../src/server/http/shutdown.ts'
import { createServer } from '../../../../src/server/server.ts'
import type { NativeCall, NativeResponse, Upstream } from '../../../../src/upstreams/upstream.ts'
import { catalog } from '../../../support/catalog.ts'

/** An upstream with the client's own protocol gets requests that this server has not read. */

const toNative = ({ status, headers, body }: Response): NativeResponse => ({
  status,
  headers,
  body: body?.[Symbol.asyncIterator]() as AsyncIterableIterator<Uint8Array> | undefined,
})

const serverOver = (respond: (call: NativeCall) => Promise<Response>) => {
  const forward = async (call: NativeCall): Promise<NativeResponse> => toNative(await respond(call))
  const unused = (): never => {
    throw new Error('translated')
  }
  const upstream: Upstream = {
    name: 'same',
    address: 'nowhere',
    message: unused,
    stream: unused,
    native: { protocol: 'anthropic', forward, modelMap: new Map(), forwardsUnknownPaths: true, countsTokens: true },
  }
  const records: RequestRecord[] = []
  const log = createLogger('silent', () => {})
  const shutdown = createShutdown()
  const { fetch } = createServer({
    gateway: createGateway({
      models: createModelResolver(catalog, 'claude-sonnet-4.6'),
      upstream,
      tokens: { count: unused, calibrate: unused },
      log,
    }),
    records: createRequestRecords({
      observers: [(record) => records.push(record)],
      log,
      now: () => 0,
      date: () => 0,
    }),
    features: { webSearch: false },
    host: '127.0.0.1',
    allowedHosts: [],
    trustedProxies: [],
    isTls: false,
    access: createAccess({ tokens: [new Secret('token')], date: () => 0 }),
    testModel: 'haiku',
    pause: () => Promise.resolve(),
    now: () => 0,
    newId: () => 'req_ours',
    log,
    shutdown,
    tokenStatistics: createTokenStatistics(() => 0),
    pid: 1,
    uptime: () => 0,
  })
  const post = async (body: string, path = '/v1/messages', headers: Record<string, string> = {}): Promise<Response> =>
    fetch(
      new Request(`http://localhost${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': 'token', 'anthropic-beta': 'a,b', ...headers },
        body,
      }),
    )
  return { post, records, shutdown }
}

/** No model, a member and a block that no schema has, spacing, an escape, a number of 17 digits, a duplicate. */
const odd =
  '{ "new":12345678901234567, "new": 1,\n"messages":[{"role":"user","content":[{"type":"later"}]}],"x":"\\u0041"}'
const identity = async ({ body }: NativeCall): Promise<Response> => new Response(body as Uint8Array<ArrayBuffer>)

describe('a native lane', () => {
  test.each(['/v1/messages', '/v1/messages/count_tokens'])(
    'forwards bytes that nothing here checks: %s (AU-N16)',
    async (path) => {
      const { post, records, shutdown } = serverOver(identity)
      const response = await post(odd, path)
      expect([response.status, await response.text()]).toEqual([200, odd])
      expect(records).toMatchObject([{ upstream: 'same', path, outcome: 'answered', status: 200 }])
      expect(shutdown.running()).toBe(0)
    },
  )

  test("passes the request's context, and returns the upstream's headers, including its own id", async () => {
    const calls: NativeCall[] = []
    const { post } = serverOver(async (call) => {
      calls.push(call)
      call.onAttempt?.()
      call.onUpstreamId('req_theirs')
      return new Response('x', { headers: { 'request-id': 'req_theirs', 'retry-after': '3' } })
    })
    const { headers } = await post(odd)
    expect(calls).toMatchObject([{ requestId: 'req_ours', path: '/v1/messages', query: '' }])
    expect([headers.get('request-id'), headers.get('retry-after')]).toEqual(['req_theirs', '3'])
    expect((await serverOver(identity).post(odd)).headers.get('request-id')).toBe('req_ours')
  })

  test("returns a failure with the upstream's own message", async () => {
    const { post, records } = serverOver(async () => new Response('{"their":"words"}', { status: 429 }))
    const response = await post(odd)
    expect([response.status, await response.text()]).toEqual([429, '{"their":"words"}'])
    expect(records).toMatchObject([{ outcome: 'failed', status: 429, errorType: 'rate_limit_error' }])
  })

  test('answers in the format of the entrance without an upstream response', async () => {
    const { post, records, shutdown } = serverOver(async () => {
      throw new GatewayError('timeout_error', 'silent')
    })
    const response = await post(odd)
    expect(response.status).toBe(504)
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'timeout_error' } })
    expect(records).toMatchObject([{ outcome: 'failed', status: 504 }])
    expect(shutdown.running()).toBe(0)
  })

  test('ends the upstream when the client disconnects in the middle', async () => {
    let signal: AbortSignal | undefined
    const { post, records, shutdown } = serverOver(async (call) => {
      signal = call.signal
      return new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1)) }))
    })
    const reader = (await post(odd)).body?.getReader()
    await reader?.read()
    expect([records.length, shutdown.running()]).toEqual([0, 1])
    await reader?.cancel()
    expect([signal?.aborted, shutdown.running()]).toEqual([true, 0])
    expect(records).toMatchObject([{ outcome: 'cancelled', status: 499 }])
  })

  test('breaks the response if the upstream does, which the record shows', async () => {
    const { post, records } = serverOver(
      async () => new Response(new ReadableStream({ pull: (controller) => controller.error(new Error('cut')) })),
    )
    await expect((await post(odd)).text()).rejects.toThrow()
    expect(records).toMatchObject([{ outcome: 'failed', status: 200, errorType: 'api_error' }])
  })

  test('requires the client token', async () => {
    const { post } = serverOver(identity)
    expect((await post(odd, '/v1/messages', { 'x-api-key': 'wrong' })).status).toBe(401)
  })
})
