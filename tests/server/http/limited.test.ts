import { describe, expect, test } from 'bun:test'
import OpenAI, { RateLimitError } from 'openai'
import { Secret } from '../../../src/base/secret.ts'
import { startNative } from '../../support/anthropic.ts'
import { type Chain, type ChainOptions, defaultConfig, request, startChain } from '../../support/chain.ts'
import { waitUntil } from '../../support/wait-until.ts'

/** The limits in front of real requests. */

const { rateLimit, quota, concurrency } = defaultConfig
const withRate = (requestsPerMinute: number) => ({
  rateLimit: { ...rateLimit, requestsPerMinute, burst: 0 },
})
const withPlaces = (max: number, queue = 0, wait = 30) => ({ concurrency: { ...concurrency, max, queue, wait } })

const headersOf = (response: Response, pattern: RegExp): string[] =>
  [...response.headers.keys()].filter((name) => pattern.test(name)).sort()

describe('a server with a rate limit', () => {
  test('sends it with each answer, and refuses before the body is read (OP-L3, OP-L4)', async () => {
    const { post, url, simulator, records } = startChain({ config: withRate(1) })
    const answered = await post(request())
    expect(answered.status).toBe(200)
    expect(headersOf(answered, /ratelimit/)).toEqual([
      'ratelimit',
      'ratelimit-policy',
      'x-ratelimit-limit',
      'x-ratelimit-remaining',
      'x-ratelimit-reset',
    ])
    // A body that is never sent: the refusal does not wait for it.
    const refused = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new ReadableStream({ pull: () => new Promise(() => {}) }),
    })
    expect(refused.status).toBe(429)
    expect(await refused.json()).toMatchObject({
      type: 'error',
      error: { type: 'rate_limit_error', message: 'Rate limit exceeded' },
    })
    expect(refused.headers.get('x-should-retry')).toBe('true')
    expect(Number(refused.headers.get('retry-after'))).toBeWithin(58, 61)
    expect(refused.headers.get('ratelimit')).toMatch(/^"requests";r=0;t=(?:60|59)$/)
    expect(simulator.journal).toHaveLength(1)
    expect(records.filter(({ event }) => event === 'request.refused')).toHaveLength(1)
    expect((await fetch(`${url}/health`)).status).toBe(200)
    expect((await fetch(`${url}/v1/models`)).headers.has('ratelimit')).toBe(false)
  })

  test('also sends it with streams and errors, which count when they begin (OP-L5)', async () => {
    const { post } = startChain({ config: withRate(10) })
    const stream = await post(request({ stream: true }))
    expect(stream.headers.get('x-ratelimit-remaining')).toBe('9')
    await stream.text()
    const invalid = await post({ model: 'claude-sonnet-4-6' })
    expect([invalid.status, invalid.headers.get('x-ratelimit-remaining')]).toEqual([400, '8'])
  })

  test.each(['chat', 'responses'] as const)(
    "gives the official client of OpenAI's %s API a wait in words, and its own headers (OP-L3, OE-E8, OE-T3)",
    async (api) => {
      const { url } = startChain({ config: withRate(1) })
      const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'dummy', maxRetries: 0 })
      const ask = () =>
        api === 'chat'
          ? client.chat.completions
              .create({ model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: 'hello' }] })
              .withResponse()
          : client.responses.create({ model: 'claude-sonnet-4-6', input: 'hello' }).withResponse()
      const { response } = await ask()
      expect(headersOf(response, /^x-ratelimit-.*-requests$/)).toEqual([
        'x-ratelimit-limit-requests',
        'x-ratelimit-remaining-requests',
        'x-ratelimit-reset-requests',
      ])
      const failure = await ask().catch((error: unknown) => error as RateLimitError)
      if (!(failure instanceof RateLimitError)) throw failure
      expect([failure.status, failure.type, failure.code]).toEqual([429, 'rate_limit_error', 'rate_limit_exceeded'])
      const seconds = failure.headers.get('retry-after')
      expect(failure.message).toEndWith(`Rate limit exceeded. Please try again in ${seconds}.0s.`)
      expect(failure.headers.get('x-ratelimit-reset-requests')).toMatch(/^(?:1m0|59)s$/)
    },
  )

  test('counts each spelling of a path that leads to a model (OP-L2)', async () => {
    const { post } = startChain({ config: withRate(100) })
    const paths = ['/v1/messages/', '//v1/messages', '/v1/./messages', '/v1/chat/completions/', '/chat/completions']
    for (const [index, path] of paths.entries()) {
      const answered = await post(request(), { path })
      const left = Number(answered.headers.get('x-ratelimit-remaining'))
      expect([path, answered.status, left]).toEqual([path, 200, 99 - index])
    }
  })

  test('lets web pages read it, also on a refusal (OP-W7)', async () => {
    const origin = 'https://app.example.com'
    const { post } = startChain({
      config: { ...withRate(1), cors: { ...defaultConfig.cors, origins: [origin] } },
    })
    const answers = [
      await post(request(), { headers: { origin } }),
      await post(request(), { path: '/v1/chat/completions', headers: { origin } }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 429])
    for (const { headers } of answers) {
      expect(headers.get('access-control-allow-origin')).toBe(origin)
      const exposed = headers.get('access-control-expose-headers')?.split(', ') ?? []
      const limits = [...headers.keys()].filter((name) => /ratelimit|retry|budget/.test(name))
      expect(limits.filter((name) => !exposed.includes(name))).toEqual([])
    }
  })

  test('has no headers of limits without one (OP-L4)', async () => {
    const answered = await startChain().post(request())
    expect(headersOf(answered, /ratelimit|budget/)).toEqual([])
  })
})

describe('a server with a budget', () => {
  const config = { quota: { ...quota, requestsPerDay: 1 } }

  test('refuses with 429 billing_error when it is used up (OP-L9)', async () => {
    const { post } = startChain({ config })
    await (await post(request())).text()
    let refused = await post(request())
    while (refused.status === 200) refused = await post(request())
    expect(refused.status).toBe(429)
    const { error } = (await refused.json()) as { error: { type: string; message: string } }
    expect(error.type).toBe('billing_error')
    expect(error.message).toMatch(
      /^The daily budget of this server is used up: \d of 1 requests\. It begins again at \d{4}-\d\d-\d\dT00:00:00Z; to raise it, run: nexus-claude-api config set quota\.requestsPerDay <count>$/,
    )
    expect(refused.headers.get('x-should-retry')).toBe('false')
    expect(refused.headers.get('nexus-budget')).toMatch(/^requests;used=\d;limit=1;reset=\d+$/)
    expect(refused.headers.get('ratelimit')).toMatch(/^"requests-per-day";r=0;t=\d+$/)
  })

  test('is for each named client, and names it (OP-L7, OP-L9)', async () => {
    const tokens = { alice: 'a'.repeat(24), bob: 'b'.repeat(24) }
    const clientTokens = new Secret(`alice:${tokens.alice},bob:${tokens.bob}`)
    const { post } = startChain({ config: { ...config, clientTokens } })
    const ask = (client: keyof typeof tokens) => post(request(), { headers: { 'x-api-key': tokens[client] } })
    let refused = await ask('alice')
    while (refused.status === 200) refused = await ask('alice')
    expect(await refused.text()).toMatch(/The daily budget of client 'alice' is used up: \d of 1 requests\./)
    expect((await ask('bob')).status).toBe(200)
    expect((await post(request())).status).toBe(401)
  })

  test('in money refuses when the estimate of its prices is used up (OP-L9)', async () => {
    const prices = new Map([['*', { input: 9, output: 9, cacheRead: 9, cacheWrite: 9, cacheWrite1h: 9 }]])
    const { post } = startChain({ config: { prices, quota: { ...quota, costPerMonth: 0.000_001 } } })
    let refused = await post(request())
    while (refused.status === 200) refused = await post(request())
    expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([429, 'false'])
    expect(await refused.text()).toMatch(
      /The monthly budget of this server is used up: 0\.00 of 0\.00 USD \(estimate\)\. It begins again at \d{4}-\d\d-01T00:00:00Z; to raise it, run: nexus-claude-api config set quota\.costPerMonth <amount>/,
    )
  })

  test("has the code insufficient_quota on OpenAI's paths (OP-L9)", async () => {
    const { post } = startChain({ config })
    const body = { model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: 'hello' }] }
    const ask = () => post(body, { path: '/v1/chat/completions' })
    let refused = await ask()
    while (refused.status === 200) refused = await ask()
    const { error } = (await refused.json()) as { error: { code: string } }
    expect([refused.status, error.code]).toEqual([429, 'insufficient_quota'])
  })
})

const quotaPrefix = 'anthropic-ratelimit-unified-'
/** What Claude Code reads about its budget. */
const quotaOf = ({ headers }: Response): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('anthropic-ratelimit')))

describe('a budget in the headers that Claude Code reads', () => {
  const config = { quota: { ...quota, requestsPerDay: 10_000 } }

  test.each([true, false])('is in each successful answer, stream: %p (SI-Q1)', async (stream) => {
    const { post } = startChain({ config })
    const answered = await post(request({ stream }))
    await answered.text()
    expect(quotaOf(answered)).toEqual({
      [`${quotaPrefix}status`]: 'allowed',
      [`${quotaPrefix}representative-claim`]: 'overage',
      [`${quotaPrefix}overage-status`]: 'allowed',
      [`${quotaPrefix}overage-utilization`]: '0',
      [`${quotaPrefix}reset`]: expect.stringMatching(/^\d{10}$/),
      [`${quotaPrefix}overage-reset`]: expect.stringMatching(/^\d{10}$/),
    })
  })

  test('is in no error, no count and no answer for OpenAI clients (SI-Q1)', async () => {
    const { post } = startChain({ config })
    const chat = { model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: 'hello' }] }
    for (const [body, path] of [
      [{ model: 'claude-sonnet-4-6' }, '/v1/messages'],
      [request(), '/v1/messages/count_tokens'],
      [chat, '/v1/chat/completions'],
    ] as const) {
      const response = await post(body, { path })
      await response.text()
      expect(quotaOf(response)).toEqual({})
    }
  })

  test("is absent without a budget, and never the upstream's own (SI-Q1)", async () => {
    const error = { status: 400, type: 'ValidationException', message: 'no' }
    const headers = { [`${quotaPrefix}status`]: 'rejected', 'anthropic-ratelimit-requests-limit': '5' }
    let answers = 0
    const { post } = startChain({
      config: withRate(60),
      scenario: () => (answers++ === 0 ? { content: [{ text: 'x' }] } : { error: { ...error, headers } }),
    })
    for (const status of [200, 400]) {
      const response = await post(request())
      expect([response.status, quotaOf(response)]).toEqual([status, {}])
    }
  })

  test('says with the refusal when it ends, and leaves the sentence to us (SI-Q2)', async () => {
    const { post, simulator } = startChain({ config: { quota: { ...quota, requestsPerDay: 1 } } })
    let refused = await post(request())
    while (refused.status === 200) refused = await post(request())
    const answered = simulator.journal.length
    expect((await post(request())).status).toBe(429)
    expect(simulator.journal).toHaveLength(answered)
    const reset = new Date().setUTCHours(24, 0, 0, 0) / 1000
    expect(quotaOf(refused)).toEqual({
      [`${quotaPrefix}status`]: 'rejected',
      [`${quotaPrefix}reset`]: String(reset),
      [`${quotaPrefix}overage-reset`]: String(reset),
      [`${quotaPrefix}overage-utilization`]: '1',
      [`${quotaPrefix}overage-surpassed-threshold`]: '1',
      [`${quotaPrefix}overage-period`]: 'daily',
      [`${quotaPrefix}overage-disabled-reason`]: 'org_spend_cap_reached',
    })
    expect(refused.headers.get('x-should-retry')).toBe('false')
    expect(Number(refused.headers.get('retry-after'))).toBeWithin(0, 86_401)
  })
})

describe('a server with one place upstream', () => {
  const error = { status: 400, type: 'ValidationException', message: 'no' }
  const untilFree = async ({ post }: Chain): Promise<void> => {
    for (;;) {
      const response = await post(request())
      await response.text()
      if (response.status === 200) return
      expect(response.status).toBe(529)
    }
  }
  const isAnswered = ({ simulator }: Chain, count: number): boolean => simulator.journal.length === count

  /** The first request ends in some way, and the next ones are plain. */
  const chainWith = (first: ReturnType<NonNullable<ChainOptions['scenario']>>, options: ChainOptions = {}): Chain => {
    let count = 0
    return startChain({
      config: withPlaces(1),
      scenario: () => (count++ === 0 ? first : { content: [{ text: 'x' }] }),
      ...options,
    })
  }

  test.each<[string, ReturnType<NonNullable<ChainOptions['scenario']>>]>([
    ['a whole answer', { content: [{ text: 'x' }] }],
    ['a refusal of the upstream', { error }],
    ['a cut answer', { content: [{ text: 'abc' }], fault: { kind: 'cut', afterFrames: 2 } }],
    ['a broken connection', { content: [{ text: 'abc' }], fault: { kind: 'reset', afterFrames: 2 } }],
    ['an error in the middle', { content: [{ text: 'abc' }], fault: { kind: 'exception', type: 'x', afterFrames: 2 } }],
  ])('gives it back after %s (OP-L12)', async (_, first) => {
    for (const stream of [true, false]) {
      const chain = chainWith(first)
      await (await chain.post(request({ stream }))).text()
      await untilFree(chain)
    }
  })

  test.each([true, false])('gives it back when a client disconnects (stream: %p) (OP-L12)', async (stream) => {
    const silent = chainWith({ pace: { firstMs: 60_000 } })
    const slow = chainWith({ content: [{ text: 'abcdef' }], pace: { frameMs: 60_000 } })
    for (const chain of [silent, slow]) {
      const client = new AbortController()
      const pending = chain
        .post(request({ stream }), { signal: client.signal })
        .then((response) => response.text())
        .catch(() => undefined)
      await waitUntil(() => isAnswered(chain, 1))
      client.abort()
      await pending
      await untilFree(chain)
    }
  })

  test('refuses the second request with 529 before its body is read (OP-L12)', async () => {
    const chain = chainWith({ pace: { firstMs: 60_000 } })
    const client = new AbortController()
    const pending = chain.post(request(), { signal: client.signal }).catch(() => undefined)
    await waitUntil(() => isAnswered(chain, 1))
    const refused = await fetch(`${chain.url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new ReadableStream({ pull: () => new Promise(() => {}) }),
    })
    expect(refused.status).toBe(529)
    expect(await refused.json()).toMatchObject({
      error: {
        type: 'overloaded_error',
        message: 'The server already runs 1 request. Try again in a moment.',
      },
    })
    expect(Number(refused.headers.get('retry-after'))).toBeWithin(1, 6)
    client.abort()
    await pending
  })

  test('lets the next one wait, with pings once the stream has begun (OP-L13)', async () => {
    const chain = chainWith({ pace: { firstMs: 200 } }, { config: withPlaces(1, 5), pingMs: 20, commitMs: 20 })
    const first = chain.post(request())
    await waitUntil(() => isAnswered(chain, 1))
    const second = await chain.post(request({ stream: true }))
    const text = await second.text()
    expect(second.status).toBe(200)
    expect(text).toContain('event: ping')
    expect(text).toContain('event: message_stop')
    expect((await first).status).toBe(200)
  })

  test('ends a wait that takes too long: with 529, or in the stream if that has begun (OP-L13)', async () => {
    const chain = chainWith({ pace: { firstMs: 60_000 } }, { config: withPlaces(1, 5, 0.1), commitMs: 20 })
    const client = new AbortController()
    const pending = chain.post(request(), { signal: client.signal }).catch(() => undefined)
    await waitUntil(() => isAnswered(chain, 1))
    const [whole, stream] = await Promise.all([chain.post(request()), chain.post(request({ stream: true }))])
    expect(whole.status).toBe(529)
    const message = 'The request waited 0.1 s for a place upstream. Try again in a moment.'
    expect(await whole.text()).toContain(message)
    expect(stream.status).toBe(200)
    expect(await stream.text()).toContain(message)
    expect(chain.simulator.journal).toHaveLength(1)
    client.abort()
    await pending
  })

  test('refuses those that wait when it stops (OP-L13)', async () => {
    const chain = chainWith({ pace: { firstMs: 300 } }, { config: withPlaces(1, 5) })
    const first = chain.post(request())
    await waitUntil(() => isAnswered(chain, 1))
    const second = chain.post(request())
    await waitUntil(() => chain.shutdown.running() === 2)
    chain.shutdown.begin()
    expect((await second).status).toBe(529)
    expect((await first).status).toBe(200)
  })
})

test('new requests wait while the upstream throttles a model, also during our own retries (OP-L14)', async () => {
  const error = { status: 429, type: 'ThrottlingException', message: 'slow', headers: { 'retry-after': '1' } }
  let count = 0
  const { post, simulator } = startChain({
    config: { ...withPlaces(9, 9), maxRetries: 1 },
    scenario: () => (count++ === 0 ? { error } : { content: [{ text: 'x' }] }),
  })
  const first = post(request())
  await waitUntil(() => simulator.journal[0]?.status === 429)
  const startedAt = performance.now()
  const second = await post(request())
  expect([second.status, (await first).status]).toEqual([200, 200])
  expect(performance.now() - startedAt).toBeGreaterThan(700)
  expect(simulator.journal).toHaveLength(3)
})

describe('the native lane', () => {
  const message = JSON.stringify({ type: 'message', usage: { input_tokens: 1, output_tokens: 1 } })
  const answerOf = (status: number, headers: Record<string, string> = {}): Response =>
    new Response(message, { status, headers: { 'content-type': 'application/json', ...headers } })

  test('gives each place back, and refuses beyond them (OP-L12)', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { post, received } = startNative(async (_, count) => {
      if (count === 1) await promise
      return answerOf(count === 2 ? 400 : 200)
    }, withPlaces(1))
    const first = post(request())
    await waitUntil(() => received.length === 1)
    expect((await post(request())).status).toBe(529)
    resolve()
    expect((await first).status).toBe(200)
    await (await first).text()
    const statuses: number[] = []
    while (statuses.at(-1) !== 200) {
      const response = await post(request())
      await response.text()
      statuses.push(response.status)
    }
    expect(statuses.filter((status) => status !== 529)).toEqual([400, 200])
  })

  test("replaces the upstream's budget with the client's own, in successful answers (SI-Q1)", async () => {
    const own = { [`${quotaPrefix}5h-status`]: 'allowed', [`${quotaPrefix}representative-claim`]: 'five_hour' }
    const { post } = startNative((_, count) => answerOf(count === 1 ? 200 : 429, own), {
      quota: { ...quota, requestsPerDay: 10_000 },
    })
    const answered = await post(request())
    expect(quotaOf(answered)).toMatchObject({ [`${quotaPrefix}representative-claim`]: 'overage' })
    expect(Object.keys(quotaOf(answered))).toHaveLength(6)
    await answered.text()
    expect(quotaOf(await post(request()))).toEqual(own)
  })

  test("lets requests for a throttled model wait, and passes the upstream's own headers on (OP-L14, OP-L4)", async () => {
    const { post, received } = startNative(
      (_, count) =>
        count === 1
          ? answerOf(429, { 'retry-after': '1', 'anthropic-ratelimit-requests-remaining': '0' })
          : answerOf(200),
      { ...withPlaces(9, 9), ...withRate(60) },
    )
    const throttled = await post(request())
    expect(throttled.status).toBe(429)
    expect(throttled.headers.get('anthropic-ratelimit-requests-remaining')).toBe('0')
    expect(throttled.headers.get('x-ratelimit-limit')).toBe('60')
    await throttled.text()
    const order: string[] = []
    const note = async (name: string, model: string): Promise<void> => {
      expect((await post(request({ model }))).status).toBe(200)
      order.push(name)
    }
    await Promise.all([note('same model', 'claude-sonnet-4-6'), note('other model', 'claude-haiku-4-5')])
    expect(order).toEqual(['other model', 'same model'])
    expect(received).toHaveLength(3)
  })
})
