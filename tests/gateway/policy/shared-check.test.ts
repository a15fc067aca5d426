import { describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { Secret } from '../../../src/base/secret.ts'
import { type ChainOptions, defaultConfig, request, startChain } from '../../support/chain.ts'
import { type StateLink, startSharedState } from '../../support/shared-state.ts'
import { waitUntil } from '../../support/wait-until.ts'

/** Real servers with one state. */

const { rateLimit, quota, state: stateConfig, concurrency } = defaultConfig
const withRate = (requestsPerMinute: number) => ({ rateLimit: { ...rateLimit, requestsPerMinute, burst: 0 } })
const withBudget = { quota: { ...quota, requestsPerDay: 2 } }
const refusing = { state: { ...stateConfig, onOutage: 'refuse' as const } }

const clock = {
  get at(): number {
    return performance.timeOrigin + performance.now()
  },
}

const startServers = (options: ChainOptions = {}, count = 2) => {
  const state = startSharedState(clock)
  const servers = Array.from({ length: count }, () => {
    const link = state.link()
    return { link, ...startChain({ ...options, state: link }) }
  })
  const [first = servers[0], second = servers[0]] = servers
  if (first === undefined || second === undefined) throw new Error('no server')
  return { state, first, second }
}

const startServer = (options: ChainOptions = {}) => startServers(options, 1).first

/** Keeps the answers of the state until the returned function is called. */
const hold = (link: StateLink): (() => void) => {
  const { promise, resolve } = Promise.withResolvers<void>()
  link.hold = promise
  return () => {
    link.hold = undefined
    resolve()
  }
}

const openAiBody = { model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: 'hello' }] }

describe('servers that share limits', () => {
  test('allow exactly the number of the bucket together (OP-R1)', async () => {
    const { first, second } = startServers({ config: withRate(10) })
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => (n % 2 ? first : second).post(request())))
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([...Array(10).fill(200), ...Array(20).fill(429)])
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.headers.get('ratelimit')).toMatch(/^"requests";r=0;t=[456]$/)
    expect(await refused?.json()).toMatchObject({
      type: 'error',
      error: { type: 'rate_limit_error', message: 'Rate limit exceeded' },
    })
    expect([...first.link.names]).toEqual([expect.stringMatching(/^rate:ip:[\da-f]{16}$/)])
  })

  test('send the same headers as a server alone (OP-L4, OP-R1)', async () => {
    const { first, second } = startServers({ config: { ...withRate(10), ...withBudget } })
    await (await first.post(request())).text()
    await waitUntil(() => [...first.link.names].length === 2)
    const chat = await second.post(openAiBody, { path: '/v1/chat/completions' })
    const names = [...chat.headers.keys()].filter((name) => /ratelimit|budget/.test(name)).sort()
    expect(names).toEqual([
      'ratelimit',
      'ratelimit-policy',
      'x-ratelimit-limit',
      'x-ratelimit-limit-requests',
      'x-ratelimit-remaining',
      'x-ratelimit-remaining-requests',
      'x-ratelimit-reset',
      'x-ratelimit-reset-requests',
    ])
    expect(chat.headers.get('x-ratelimit-remaining')).toBe('8')
  })

  test('count counts of tokens in a bucket of their own (OP-L2, OP-R1)', async () => {
    const { first, second } = startServers({ config: withRate(1) })
    const count = async (server: typeof first) =>
      (await server.post(request(), { path: '/v1/messages/count_tokens' })).headers.get('x-ratelimit-remaining')
    expect([await count(first), await count(second)]).toEqual(['9', '8'])
    expect([...second.link.names]).toEqual([expect.stringMatching(/^counts:ip:[\da-f]{16}$/)])
  })

  test('refuse by the budgets that all of them booked (OP-L9, OP-R1)', async () => {
    const clientTokens = new Secret(`alice:${'a'.repeat(24)}`)
    const { state, first, second } = startServers({ config: { ...withBudget, clientTokens } })
    const post = (server: typeof first) => server.post(request(), { headers: { 'x-api-key': 'a'.repeat(24) } })
    for (const server of [first, second]) expect(await (await post(server)).json()).toMatchObject({ type: 'message' })
    const account = `budget:alice:day:${new Date().toISOString().slice(0, 10)}`
    await waitUntil(() => state.read(account).requests === 2)
    const refused = await post(first)
    expect([refused.status, refused.headers.get('nexus-budget')]).toEqual([
      429,
      expect.stringMatching(/^requests;used=2;limit=2;reset=\d+$/),
    ])
    expect(await refused.json()).toMatchObject({ error: { type: 'billing_error' } })
  })

  test('keep the order rate, budget, places; the state gets one question of each kind at once (OP-R7)', async () => {
    const config = { ...withRate(1), quota: { ...quota, requestsPerDay: 1 }, concurrency: { ...concurrency, max: 1 } }
    const server = startServer({ config })
    const release = hold(server.link)
    const held = server.post(request())
    await waitUntil(() => server.link.names.size === 2)
    expect([...server.link.names].map((name) => name.split(':')[0])).toEqual(['rate', 'budget'])
    release()
    expect((await held).status).toBe(200)
    const refused = await server.post(request())
    expect([refused.status, await refused.json()]).toMatchObject([429, { error: { type: 'rate_limit_error' } }])
  })

  test('receive the body meanwhile (OP-R7)', async () => {
    const server = startServer({ config: withRate(9) })
    const release = hold(server.link)
    const body = JSON.stringify(request({ system: 'x'.repeat(500_000) }))
    const { port } = new URL(server.url)
    const head = `POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`
    const { promise, resolve } = Promise.withResolvers<string>()
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write(head)
      socket.write(body, () => release())
    })
    let answer = ''
    socket.on('data', (data) => {
      answer += data.toString()
    })
    socket.on('close', () => resolve(answer))
    expect(await promise).toStartWith('HTTP/1.1 200 OK')
  })

  test('a refusal does not wait for the body (OP-L3, OP-R7)', async () => {
    const server = startServer({ config: withRate(1) })
    await server.post(request())
    const refused = await fetch(`${server.url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new ReadableStream({ pull: () => new Promise(() => {}) }),
    })
    expect(refused.status).toBe(429)
  })

  test.each([true, false])(
    'a client that disconnects meanwhile ends its request (stream: %p) (OP-R7)',
    async (stream) => {
      const server = startServer({ config: { ...withRate(9), concurrency: { ...concurrency, max: 1 } } })
      const release = hold(server.link)
      const client = new AbortController()
      const pending = server.post(request({ stream }), { signal: client.signal }).catch(() => undefined)
      await waitUntil(() => server.link.names.size === 1)
      client.abort()
      await pending
      // The server sees the end of that connection before this one begins.
      await fetch(`${server.url}/health`)
      release()
      await waitUntil(() => server.records.some(({ event }) => event === 'request.cancelled'))
      expect(server.simulator.journal).toEqual([])
      expect((await server.post(request())).status).toBe(200)
      expect(server.records.filter(({ level }) => level === 'error')).toEqual([])
    },
  )

  test('requests that no limit counts ask the state for nothing (OP-R7)', async () => {
    const server = startServer({ config: { ...withRate(9), ...withBudget } })
    for (const path of ['/health', '/v1/models', '/unknown']) await (await fetch(server.url + path)).text()
    expect([...server.link.names]).toEqual([])
    const exempt = startServer({
      config: { rateLimit: { ...withRate(9).rateLimit, exemptIps: ['loopback'] } },
    })
    expect((await exempt.post(request())).headers.has('ratelimit')).toBe(false)
    expect([...exempt.link.names]).toEqual([])
  })
})

describe('while the state does not answer', () => {
  test('each server limits alone, and answers (OP-R5)', async () => {
    const { first, second } = startServers({ config: { ...withRate(3), ...withBudget } })
    for (const { link } of [first, second]) link.goAway()
    const statusesOf = async ({ post }: typeof first): Promise<readonly number[]> => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => post(request())))
      return answers.map(({ status }) => status).sort()
    }
    expect([await statusesOf(first), await statusesOf(second)]).toEqual([
      [200, 200, 200, 429, 429],
      [200, 200, 200, 429, 429],
    ])
    expect((await fetch(`${first.url}/ready`)).status).toBe(200)
    expect(await (await fetch(`${first.url}/health`)).json()).toMatchObject({ state: 'redis', stateUp: false })
  })

  test.each([
    ['the rate', withRate(9)],
    ['a budget', withBudget],
    ['both', { ...withRate(9), ...withBudget }],
  ])('a server with the setting refuse refuses what needs %s: 529 (OP-R5)', async (_, limits) => {
    const server = startServer({ config: { ...limits, ...refusing } })
    server.link.goAway()
    const refused = await server.post(request())
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('x-should-retry')]).toEqual([
      529,
      '5',
      'true',
    ])
    expect(await refused.json()).toMatchObject({
      type: 'error',
      error: {
        type: 'overloaded_error',
        message: 'The shared state of the limits does not answer. Try again in a moment.',
      },
    })
    expect(server.simulator.journal).toEqual([])
    expect(server.records.at(-1)).toMatchObject({ event: 'request.failed', fields: { limit: 'state' } })
    server.link.comeBack()
    expect((await server.post(request())).status).toBe(200)
  })

  test.each(['/v1/chat/completions', '/v1/responses'])('refuses in the form of %s (OP-R5)', async (path) => {
    const server = startServer({ config: { ...withRate(9), ...refusing } })
    server.link.goAway()
    const refused = await server.post({ ...openAiBody, input: 'hello' }, { path })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await refused.json()).toMatchObject({
      error: { message: expect.stringContaining('The shared state of the limits does not answer.') },
    })
  })

  test('a server with the setting refuse still counts by the budgets that it reads (OP-R5)', async () => {
    const server = startServer({ config: { ...withRate(1), ...withBudget, ...refusing } })
    await (await server.post(request())).text()
    const refused = await server.post(request())
    expect([refused.status, refused.headers.has('ratelimit')]).toEqual([429, true])
  })
})
