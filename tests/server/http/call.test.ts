import { describe, expect, test } from 'bun:test'
import type { Place } from '../../../src/gateway/policy/request-queue.ts'
import { clientTimeoutMs, startCall, takePlace } from '../../../src/server/http/call.ts'
import { createShutdown } from '../../../src/server/http/shutdown.ts'
import { type Chain, request, startChain } from '../../support/chain.ts'
import { afterTest } from '../../support/cleanup.ts'
import { waitUntil } from '../../support/wait-until.ts'

/** Every route that calls the upstream has a lifetime: its end ends the upstream call, for every reason. */

/** An upstream that never answers, and the server in front of it. */
const startSilentUpstream = (): Chain & { readonly calls: AbortSignal[] } => {
  const calls: AbortSignal[] = []
  const upstream = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      calls.push(request.signal)
      return new Promise<Response>(() => {})
    },
  })
  afterTest(() => upstream.stop(true))
  return { ...startChain({ endpointUrl: upstream.url.origin }), calls }
}

const count = { path: '/v1/messages/count_tokens' }

/** The counter returns its estimate after 2 s: an earlier end comes from the call. */
const waited = 1500

describe('count_tokens', () => {
  test('takes part in the shutdown: its client reads that the server is stopping', async () => {
    const { post, shutdown, calls } = startSilentUpstream()
    const response = post(request(), count)
    await waitUntil(() => calls.length === 1)
    expect(shutdown.running()).toBe(1)
    shutdown.end()
    const { status, headers } = await response
    expect([status, headers.get('retry-after'), headers.get('x-should-retry')]).toEqual([529, '1', 'true'])
    expect(shutdown.running()).toBe(0)
    await waitUntil(() => calls[0]?.aborted === true)
  })

  test("ends when the client's own timeout is over", async () => {
    const { post, shutdown, records, calls } = startSilentUpstream()
    const startedAt = performance.now()
    const response = await post(request(), { ...count, headers: { 'x-stainless-timeout': '0.001' } })
    expect(response.status).toBe(499)
    expect(performance.now() - startedAt).toBeLessThan(waited)
    expect(records.filter(({ event }) => event === 'request.cancelled').length).toBe(1)
    expect(shutdown.running()).toBe(0)
    await waitUntil(() => calls[0]?.aborted === true)
  })

  test('ends when the client disconnects, which the log shows', async () => {
    const { post, shutdown, records, calls } = startSilentUpstream()
    const client = new AbortController()
    const response = post(request(), { ...count, signal: client.signal }).catch(() => undefined)
    await waitUntil(() => calls.length === 1)
    client.abort()
    await response
    await waitUntil(() => shutdown.running() === 0)
    await waitUntil(() => records.some(({ event }) => event === 'request.cancelled'))
  })

  test('leaves no call after its answer', async () => {
    const { post, shutdown } = startChain()
    expect((await post(request(), count)).status).toBe(200)
    expect(shutdown.running()).toBe(0)
  })
})

describe('a place upstream (OP-L12)', () => {
  const start = () => {
    const client = new AbortController()
    const call = startCall(new Request('http://localhost/', { signal: client.signal }), createShutdown())
    let left = 0
    const place: Place = {
      answered() {},
      refused() {},
      leave() {
        left += 1
      },
    }
    return { client, call, place, left: () => left }
  }

  test('is given back at once when the client disconnects, also if that was before it came', async () => {
    const first = start()
    await takePlace(first.call, async () => first.place, 'opus')
    expect(first.left()).toBe(0)
    first.client.abort()
    expect(first.left()).toBe(1)
    const late = start()
    late.client.abort()
    await takePlace(late.call, async () => late.place, 'opus')
    expect(late.left()).toBe(1)
  })

  test('is given back at the end', async () => {
    const { call, place, left } = start()
    await takePlace(call, async () => place, 'opus')
    call.end()
    expect(left()).toBe(1)
  })
})

test('sets no timeout without the header', () => {
  expect(clientTimeoutMs(new Headers())).toBeUndefined()
})

const headers = { 'x-stainless-timeout': '0.001' }

test('cancels an answer that has not started in time, whole and streamed', async () => {
  const chain = startChain({ scenario: () => ({ content: [{ text: 'late' }], pace: { firstMs: 5000 } }) })
  const answers = await Promise.all([false, true].map((stream) => chain.post(request({ stream }), { headers })))
  expect(answers.map(({ status }) => status)).toEqual([499, 499])
  expect(chain.records.filter(({ event }) => event === 'request.cancelled').length).toBe(2)
})

test('does not limit a stream that has started', async () => {
  const chain = startChain({
    scenario: () => ({ content: [{ text: 'slow and steady' }], pace: { frameMs: 150, deltaCharacters: 2 } }),
  })
  const response = await chain.post(request({ stream: true }), { headers })
  expect(await response.text()).toContain('event: message_stop')
})

test.each([
  ['600', 601_000],
  ['0.5', 1500],
  ['86400', 86_401_000],
  ['86401', undefined],
  ['0', undefined],
  ['-1', undefined],
  ['', undefined],
  ['Infinity', undefined],
  ['soon', undefined],
])('x-stainless-timeout: %p', (value, milliseconds) => {
  expect(clientTimeoutMs(new Headers({ 'x-stainless-timeout': value }))).toBe(milliseconds)
})
