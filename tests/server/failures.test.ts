import { describe, expect, test } from 'bun:test'
import { request, startChain } from '../support/chain.ts'
import { brokenRequest } from '../support/raw-client.ts'
import { readEvents, withoutPings } from '../support/sse.ts'
import { waitUntil } from '../support/wait-until.ts'

/** Silence, clients that disconnect, retries, a lack of connections, and upstreams that are not AI Nexus. */

const stream = (members: object = {}): object => request({ stream: true, ...members })

describe('silence', () => {
  test('T7 sends pings while the upstream is silent', async () => {
    const { post } = startChain({
      pingMs: 20,
      scenario: () => ({ content: [{ text: 'abcd' }], pace: { frameMs: 70, deltaCharacters: 2 } }),
    })
    const types = (await readEvents(await post(stream()))).map(({ type }) => type)
    expect(types.filter((type) => type === 'ping').length).toBeGreaterThan(4)
    expect(types.at(-1)).toBe('message_stop')
  })

  test('3.2 first event, 3.4 after: a stream starts after a long silence, and a late failure is an event', async () => {
    const { post } = startChain({
      pingMs: 10,
      commitMs: 30,
      scenario: () => ({
        pace: { firstMs: 120 },
        error: { status: 503, type: 'ServiceUnavailableException', message: 'busy' },
      }),
    })
    const response = await post(stream())
    expect(response.status).toBe(200)
    const events = await readEvents(response)
    expect(events[0]?.type).toBe('ping')
    expect(withoutPings(events)).toEqual([
      {
        type: 'error',
        error: { type: 'overloaded_error', message: 'busy' },
        request_id: expect.stringMatching(/^req_/),
      },
    ])
  })

  test('times out for an upstream that never starts, and for one that falls silent', async () => {
    const never = startChain({ config: { timeout: 0.5 }, scenario: () => ({ pace: { firstMs: 60_000 } }) })
    const response = await never.post(stream())
    expect(response.status).toBe(504)
    expect(await response.json()).toMatchObject({
      error: { type: 'timeout_error', message: 'AI Nexus did not begin to answer within 0.5 s.' },
    })
    const silent = startChain({
      config: { timeout: 0.5 },
      scenario: () => ({ content: [{ text: 'x' }], fault: { afterFrames: 2, kind: 'hang' } }),
    })
    expect((await readEvents(await silent.post(stream()))).at(-1)).toMatchObject({
      type: 'error',
      error: { type: 'timeout_error', message: 'AI Nexus sent nothing for 0.5 s.' },
    })
  })
})

describe('T7 a client that disconnects', () => {
  test('during a wait for a retry, or in the middle of its request, is not an error of the server', async () => {
    const { post, url, records } = startChain({
      config: { maxRetries: 2 },
      scenario: () => ({
        error: { status: 429, type: 'ThrottlingException', message: 'm', headers: { 'retry-after': '9' } },
      }),
    })
    const client = new AbortController()
    const pending = post(request(), { signal: client.signal }).catch(() => undefined)
    await waitUntil(() => records.some(({ event }) => event === 'upstream.retry'))
    client.abort()
    await pending
    await waitUntil(() => records.some(({ event }) => event === 'request.cancelled'))
    await brokenRequest(url, '/v1/messages', { 'content-type': 'application/json' })
    await waitUntil(() => records.filter(({ event }) => event === 'request.cancelled').length === 2)
    expect(records.filter(({ level }) => level === 'error')).toEqual([])
  })
})

describe('retries', () => {
  test('4.2 throttling, 4.2 overload, 4.5 retries: resends a throttled request within the limit, and logs every attempt', async () => {
    let failures = 2
    const { post, simulator, records } = startChain({
      config: { maxRetries: 2 },
      scenario: () => {
        failures -= 1
        return failures >= 0
          ? { error: { status: 429, type: 'ThrottlingException', message: 'slow', headers: { 'retry-after': '0' } } }
          : { content: [{ text: 'at last' }] }
      },
    })
    expect(await (await post(request())).json()).toMatchObject({ content: [{ text: 'at last' }] })
    expect(simulator.journal.length).toBe(3)
    expect(records.filter(({ event }) => event === 'upstream.retry').map(({ fields }) => fields['attempt'])).toEqual([
      1, 2,
    ])
  })

  test.each([
    [429, 'ThrottlingException', {}, 3],
    [503, 'ServiceUnavailableException', {}, 3],
    [500, 'InternalServerException', {}, 3],
    [400, 'ValidationException', {}, 1],
    [403, 'AccessDeniedException', {}, 1],
    [429, 'ThrottlingException', { 'retry-after': '60' }, 1],
  ])('4.2 overload, 4.5 retries: %i %s %p is sent %i times', async (status, type, headers, tries) => {
    const quick = { 'retry-after': '0' }
    const { post, simulator } = startChain({
      config: { maxRetries: 2 },
      scenario: () => ({ error: { status, type, message: 'm', headers: { ...quick, ...headers } } }),
    })
    await post(stream())
    expect(simulator.journal.length).toBe(tries)
  })

  test.each([0, 2])(
    '408 and all other statuses are retried as often as --max-retries %i allows',
    async (maxRetries) => {
      for (const [status, type] of [
        [408, 'ModelTimeoutException'],
        [429, 'ThrottlingException'],
        [500, 'InternalServerException'],
        [503, 'ServiceUnavailableException'],
      ] as const) {
        const { post, simulator, records } = startChain({
          config: { maxRetries },
          scenario: () => ({ error: { status, type, message: 'm', headers: { 'retry-after': '0' } } }),
        })
        for (const body of [request(), stream()]) await (await post(body)).text()
        const count = (event: string): number => records.filter((record) => record.event === event).length
        expect([simulator.journal.length, count('upstream.retry'), count('request.failed')]).toEqual([
          2 * (1 + maxRetries),
          2 * maxRetries,
          2,
        ])
      }
    },
  )

  test('do not happen after the first event', async () => {
    const { post, simulator } = startChain({
      config: { maxRetries: 2 },
      scenario: () => ({
        content: [{ text: 'x' }],
        fault: { afterFrames: 1, kind: 'exception', type: 'throttlingException' },
      }),
    })
    await readEvents(await post(stream()))
    expect(simulator.journal.length).toBe(1)
  })
})

test('asks clients to retry if all connections are in use, and accepts them afterwards', async () => {
  let isHanging = true
  const { post, simulator } = startChain({
    maximumConnections: 2,
    scenario: () => (isHanging ? { content: [{ text: 'x' }], fault: { afterFrames: 2, kind: 'hang' } } : undefined),
  })
  const client = new AbortController()
  const streams = await Promise.all([
    post(stream(), { signal: client.signal }),
    post(stream(), { signal: client.signal }),
  ])
  const refused = await post(request())
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([529, '1'])
  expect(simulator.journal.length).toBe(2)
  isHanging = false
  client.abort()
  await Promise.all(streams.map((response) => response.text().catch(() => '')))
  while ((await post(request())).status !== 200) await Bun.sleep(1)
  for (let round = 0; round < 5; round += 1)
    expect((await post(stream({ model: round % 2 === 0 ? 'sonnet' : 'haiku' }))).status).toBe(200)
})

describe('an upstream that is not AI Nexus', () => {
  test('4.2 network: connection refused', async () => {
    const { post, records } = startChain({ endpointUrl: 'http://127.0.0.1:1' })
    const response = await post(request())
    expect(records.find(({ event }) => event === 'request.failed')?.fields['reason']).toContain(
      'refused the connection',
    )
    expect(response.status).toBe(502)
    expect(response.headers.get('x-should-retry')).toBe('true')
    expect(await response.json()).toMatchObject({
      error: { type: 'api_error', message: expect.stringContaining('127.0.0.1:1 refused the connection') },
    })
  })

  const serve = (answer: () => Response): string => {
    const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: answer })
    return `http://127.0.0.1:${server.port}`
  }

  test('4.2 network: a login page, a redirect, a wrong content type', async () => {
    const page = startChain({
      endpointUrl: serve(() => new Response('<html>log in</html>', { headers: { 'content-type': 'text/html' } })),
    })
    expect((await page.post(request())).status).toBe(502)
    expect(await (await page.post(stream())).json()).toMatchObject({
      error: { message: expect.stringContaining('answered 200 with a web page') },
    })
    let redirected = false
    const elsewhere = serve(() => {
      redirected = true
      return new Response()
    })
    const moved = startChain({
      endpointUrl: serve(() => new Response(null, { status: 307, headers: { location: elsewhere } })),
    })
    expect((await moved.post(request())).status).toBe(502)
    expect(redirected).toBe(false)
  })
})
