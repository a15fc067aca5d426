import { expect, jest, test } from 'bun:test'
import { createPostJson } from '../../../src/gateway/observers/post-json.ts'
import type { Fetch } from '../../../src/upstreams/http/post.ts'
import { version } from '../../../src/version.ts'
import { afterTest } from '../../support/cleanup.ts'
import { received, startTelemetrySink } from '../../support/sinks.ts'

const post = createPostJson(fetch as Fetch)
const never = (): AbortSignal => new AbortController().signal

test('posts JSON', async () => {
  const sink = startTelemetrySink()
  expect(await post(sink.url, { text: 'ü' }, never())).toBeUndefined()
  expect(sink.posts).toMatchObject([
    {
      body: { text: 'ü' },
      headers: { 'content-type': 'application/json', 'user-agent': `nexus-claude-api/${version}` },
    },
  ])
})

test('does not follow a redirect (AU-S5, AU-Y3)', async () => {
  const other = startTelemetrySink()
  for (const status of [301, 302, 303, 307, 308]) {
    const sink = startTelemetrySink(() => ({ status, headers: { location: other.url } }))
    expect(await post(sink.url, {}, never())).toEqual({ reason: `HTTP ${status}` })
  }
  expect(other.posts).toEqual([])
})

test.each<[number, string | undefined, object]>([
  [500, undefined, { reason: 'HTTP 500' }],
  [404, '3', { reason: 'HTTP 404' }],
  [429, undefined, { reason: 'HTTP 429' }],
  [429, '7', { reason: 'HTTP 429', retryAfterSeconds: 7 }],
  [429, 'soon', { reason: 'HTTP 429' }],
])('reports the status %d, with retry-after %p', async (status, retryAfter, failure) => {
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
  const sink = startTelemetrySink(() => ({ status, headers }))
  expect(await post(sink.url, {}, never())).toEqual(failure as never)
})

test('reports an unreachable receiver by a code, without its address', async () => {
  expect(await post('http://127.0.0.1:1/secret', {}, never())).toEqual({ reason: 'ECONNREFUSED' })
})

test('ends with the signal, and does not wait for the end of an answer', async () => {
  const ending = new AbortController()
  const hanging = startTelemetrySink(() => ({ hangs: true }))
  const failure = post(hanging.url, {}, ending.signal)
  await received(hanging, 1)
  ending.abort()
  expect(await failure).toEqual({ reason: 'AbortError' })
  const endless = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () => new Response(new ReadableStream({ start: (controller) => controller.enqueue('a') })),
  })
  afterTest(() => endless.stop(true))
  expect(await post(endless.url.href, {}, never())).toBeUndefined()
})

test('ends after 5 s (AU-S5, AU-Y3)', async () => {
  const limits: number[] = []
  const { promise, resolve } = Promise.withResolvers<AbortSignal>()
  const timeout = jest.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
    limits.push(milliseconds)
    return AbortSignal.abort()
  })
  const waiting: Fetch = (_url, { signal }) => {
    if (signal) resolve(signal)
    return Promise.reject(signal?.reason)
  }
  expect(await createPostJson(waiting)('http://127.0.0.1:1/', {}, never())).toEqual({ reason: 'timeout' })
  timeout.mockRestore()
  expect([limits, (await promise).aborted]).toEqual([[5000], true])
})
