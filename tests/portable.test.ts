import { expect, spyOn, test } from 'bun:test'
import { createFetch, type FetchOptions, optionsFromEnvironment } from '../src/portable.ts'
import { startChatSimulator } from '../src/simulator/openai-chat/server.ts'
import { type SimulatorOptions, startSimulator } from '../src/simulator/server.ts'
import { request } from './support/chain.ts'
import { afterTest } from './support/cleanup.ts'
import { waitUntil } from './support/wait-until.ts'

/** The app as a function. scripts/runtimes/ runs the same function in other runtimes. */

const clientToken = 'token-of-all-clients'

const start = (options: FetchOptions = {}, simulated: SimulatorOptions = {}) => {
  const simulator = startSimulator(simulated)
  afterTest(() => simulator.stop())
  const lines: string[] = []
  const handle = createFetch(
    { apiKey: 'test-key', endpointUrl: simulator.url, clientToken, ...options },
    { log: (line) => lines.push(line) },
  )
  const ask = (path: string, body?: unknown, token = clientToken) =>
    handle(
      new Request(`https://worker.example${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'x-api-key': token, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
      () => '192.0.2.7',
    )
  return { ask, lines }
}

test('the function answers messages, streams, counts and both APIs of OpenAI, with a plain object as its configuration (OP-X1)', async () => {
  const { ask } = start()
  const message = await ask('/v1/messages', request({ stream: false }))
  expect(await message.json()).toMatchObject({ type: 'message', content: [{ type: 'text' }] })
  const stream = await ask('/v1/messages', request({ stream: true }))
  expect(stream.headers.get('content-type')).toStartWith('text/event-stream')
  expect(await stream.text()).toEndWith('event: message_stop\ndata: {"type":"message_stop"}\n\n')
  const { messages } = request() as { messages: unknown }
  const count = await ask('/v1/messages/count_tokens', { model: 'sonnet', messages })
  expect(await count.json()).toMatchObject({ input_tokens: expect.any(Number) })
  const chat = await ask('/v1/chat/completions', { model: 'sonnet', messages: [{ role: 'user', content: 'Hello' }] })
  expect(await chat.json()).toMatchObject({ object: 'chat.completion' })
  const response = await ask('/v1/responses', { model: 'sonnet', input: 'Hello' })
  expect(await response.json()).toMatchObject({ object: 'response', status: 'completed' })
})

test('a client without the token gets 401, and an unknown path 404', async () => {
  const { ask } = start()
  expect((await ask('/v1/messages', request(), 'wrong')).status).toBe(401)
  expect((await ask('/nothing')).status).toBe(404)
})

test('the log has one line for each request, in the configured format, with the address of the peer (OP-X3)', async () => {
  const { ask, lines } = start({ logging: { format: 'json', clientIp: true } })
  await (await ask('/v1/messages', request({ stream: false }))).text()
  await Promise.resolve()
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'info', event: 'request.answered', status: 200, clientIp: '192.0.2.7' },
  ])
})

test('a server can pass its own second argument, and an address that is not known (OP-X1, OP-X3)', async () => {
  const simulator = startSimulator()
  afterTest(() => simulator.stop())
  const lines: string[] = []
  const handle = createFetch(
    {
      apiKey: 'test-key',
      endpointUrl: simulator.url,
      clientToken,
      rateLimit: { requestsPerMinute: 60 },
      logging: { format: 'json', clientIp: true },
    },
    { log: (line) => lines.push(line) },
  ) as (request: Request, second?: unknown) => Promise<Response>
  const seconds = [undefined, { NEXUS_API_KEY: 'of a Worker' }, '192.0.2.7', () => null, () => 7, () => undefined]
  for (const second of seconds) {
    const init = { method: 'POST', headers: { 'x-api-key': clientToken, 'content-type': 'application/json' } }
    const sent = new Request('https://worker.example/v1/messages', { ...init, body: JSON.stringify(request()) })
    const response = await handle(sent, second)
    await response.text()
    expect(response.status).toBe(200)
  }
  await waitUntil(() => lines.length === seconds.length)
  expect(lines.filter((line) => line.includes('clientIp'))).toEqual([])
})

test('a client that disconnects in its upload is no internal error, whatever the runtime throws then (OP-X1, OP-X5)', async () => {
  const simulator = startSimulator()
  afterTest(() => simulator.stop())
  const lines: string[] = []
  const log = (line: string) => lines.push(line)
  const handle = createFetch({ apiKey: 'test-key', endpointUrl: simulator.url, clientToken }, { log })
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error('Network connection lost.')) })
  const headers = { 'x-api-key': clientToken, 'content-type': 'application/json' }
  const sent = new Request('https://worker.example/v1/messages', { method: 'POST', headers, body })
  expect((await handle(sent)).status).toBe(499)
  await waitUntil(() => lines.length > 0)
  expect(lines).toEqual([expect.stringContaining(' 499 POST /v1/messages ') as never])
})

test('a request of HTTP/1.0 needs no host, also on Bun without the program (OP-X1)', async () => {
  const handle = createFetch({ apiKey: 'test-key', clientToken }, { log: () => {} })
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: (sent) => handle(sent) })
  afterTest(() => server.stop(true))
  const { promise, resolve } = Promise.withResolvers<string>()
  let received = ''
  await Bun.connect({
    hostname: '127.0.0.1',
    port: server.port ?? 0,
    socket: {
      open: (socket) => void socket.write('GET /ready HTTP/1.0\r\n\r\n'),
      data(_, data) {
        received += data.toString()
        if (received.includes('}')) resolve(received)
      },
      close: () => resolve(received),
    },
  })
  expect(await promise).toMatch(/^HTTP\/1\.1 200 [\s\S]*\{"status":"ready"\}/)
})

test('a rate limit counts in memory, and metrics are a text (OP-X3)', async () => {
  const { ask } = start({ rateLimit: { requestsPerMinute: 1, burst: 0 }, metrics: 'on' })
  expect((await ask('/v1/messages', request({ stream: false }))).status).toBe(200)
  const limited = await ask('/v1/messages', request({ stream: false }))
  expect(limited.status).toBe(429)
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await (await ask('/metrics')).text()).toContain('nexus_claude_api_requests_total{')
})

test('an image with a URL is refused with a 400 that names its path (OP-X3)', async () => {
  const { ask } = start()
  const image = { type: 'image', source: { type: 'url', url: 'https://files.example/a.png' } }
  const refused = await ask('/v1/messages', request({ messages: [{ role: 'user', content: [image] }] }))
  expect(refused.status).toBe(400)
  expect(await refused.json()).toMatchObject({
    error: {
      type: 'invalid_request_error',
      message: 'messages.0.content.0.image.source.url: This server fetches no URLs: send the bytes as base64 instead.',
    },
  })
})

test('health names no process, and counts the seconds since the first request (OP-X4)', async () => {
  const { ask } = start()
  const health = (await (await ask('/health')).json()) as Record<string, unknown>
  expect(health).toMatchObject({ status: 'healthy', uptime: 0, state: 'memory' })
  expect(health).not.toHaveProperty('pid')
})

test('variables alone make a central gateway: a client token, a key and MODEL_MAP (OP-X4)', async () => {
  const models: unknown[] = []
  const simulator = startChatSimulator({
    apiKey: 'upstream-key',
    onRequest: ({ body }) => void models.push((body as { model?: unknown }).model),
  })
  afterTest(() => simulator.stop())
  const handle = createFetch(
    optionsFromEnvironment({
      NEXUS_UPSTREAM: 'openai',
      OPENAI_BASE_URL: `${simulator.url}/v1`,
      NEXUS_PROVIDER: 'openai',
      OPENAI_API_KEY: 'upstream-key',
      GATEWAY_TOKEN: 'gateway',
      MODEL_MAP: 'claude-opus-4-6:gpt-4.1',
    }),
    { log: () => {} },
  )
  const answer = await handle(
    new Request('https://gateway.example/v1/messages', {
      method: 'POST',
      headers: { authorization: 'Bearer gateway', 'content-type': 'application/json' },
      body: JSON.stringify(request({ model: 'claude-opus-4-6', stream: false })),
    }),
  )
  expect(answer.status).toBe(200)
  expect(models).toEqual(['gpt-4.1'])
})

test.each<[string, FetchOptions]>([
  ['No AI Nexus key. Set apiKey (NEXUS_API_KEY).', { apiKey: undefined }],
  ['endpointUrl begins with http', { endpointUrl: 'http://nexus.example' }],
  ["model: unknown model 'sonett'.", { model: 'sonett' }],
  ["smallModel: unknown model 'haikku'.", { smallModel: 'haikku' }],
])('options that no server could serve with are refused at once: %s', (words, options) => {
  expect(() => start(options)).toThrow(words)
})

test('no timer runs and nothing is random before the first request (OP-X4)', () => {
  const spies = [
    spyOn(globalThis, 'setTimeout'),
    spyOn(globalThis, 'setInterval'),
    spyOn(globalThis, 'setImmediate'),
    spyOn(globalThis, 'fetch'),
    spyOn(crypto, 'randomUUID'),
    spyOn(crypto, 'getRandomValues'),
    spyOn(Math, 'random'),
  ]
  const callers: unknown[] = []
  // Elysia frees memory after a while; on Workers, it does not.
  spies[0]?.mockImplementation((() => callers.push(new Error().stack)) as never)
  try {
    for (const upstream of ['nexus', 'openai', 'anthropic'] as const)
      createFetch(
        {
          upstream,
          apiKey: 'key',
          openai: { apiKey: 'key', provider: 'openai' },
          anthropic: { apiKey: 'key' },
          clientToken,
          metrics: 'on',
          rateLimit: { requestsPerMinute: 60 },
          concurrency: { max: 4 },
        },
        { log: () => {} },
      )
    expect(callers.filter((stack) => !String(stack).includes('elysia'))).toEqual([])
    for (const spy of spies.slice(1)) expect(spy).not.toHaveBeenCalled()
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
})
