import { describe, expect, test } from 'bun:test'
import { createLogger, type LogRecord } from '../../../src/base/logger.ts'
import { Secret } from '../../../src/base/secret.ts'
import { estimateCount } from '../../../src/tokens/estimate/estimate.ts'
import { defaultChatPolicy } from '../../../src/translate/anthropic-to-openai-chat/policy.ts'
import type { Fetch } from '../../../src/upstreams/http/post.ts'
import { createOpenAi, type OpenAiOptions } from '../../../src/upstreams/openai/index.ts'
import { providerOf } from '../../../src/upstreams/openai/provider.ts'
import { providers } from '../../../src/upstreams/openai/providers.ts'
import type { CallContext } from '../../../src/upstreams/upstream.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { afterTest } from '../../support/cleanup.ts'

/** The upstream over a real line: what a server says, and what the client gets of it. */

type Respond = (body: Record<string, unknown>, request: Request) => Response | Promise<Response>

const setUp = (respond: Respond, more: Partial<OpenAiOptions> = {}) => {
  const bodies: Record<string, unknown>[] = []
  const requests: Request[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const body = (await request.json()) as Record<string, unknown>
      bodies.push(body)
      requests.push(request)
      return respond(body, request)
    },
  })
  afterTest(() => server.stop(true))
  const records: LogRecord[] = []
  const baseUrl = `http://127.0.0.1:${server.port}/v1`
  const upstream = createOpenAi({
    fetch: fetch as Fetch,
    maximumConnections: 10,
    provider: providerOf(providers, baseUrl),
    baseUrl,
    azure: { apiVersion: undefined },
    apiKey: new Secret('sk-test-key-12345'),
    customHeaders: new Map(),
    userAgent: 'nexus-claude-api/0.0.0',
    silenceMs: 5000,
    retry: { maxRetries: 2, random: () => 0, sleep: (ms) => (ms >= 5000 ? new Promise(() => {}) : Promise.resolve()) },
    policy: defaultChatPolicy,
    dialectFor: () => ({}),
    contextLimits: new Map(),
    inlineUrlSources: (request) => Promise.resolve(request),
    estimateTokens: estimateCount,
    newId: (prefix) => `${prefix}1`,
    now: () => performance.now(),
    log: createLogger('debug', (record) => records.push(record)),
    ...more,
  })
  const upstreamIds: string[] = []
  const context: CallContext = {
    requestId: 'req_1',
    modelId: 'gpt-4.1',
    betas: [],
    signal: new AbortController().signal,
    onUpstreamId: (id) => upstreamIds.push(id),
  }
  const request: MessagesRequest = {
    model: 'claude-sonnet-4-6',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'hello' }],
  }
  const stream = async (given = request): Promise<unknown[]> =>
    (await Array.fromAsync(await upstream.stream({ ...given, stream: true }, context))).flat()
  return {
    upstream,
    bodies,
    requests,
    records,
    upstreamIds,
    message: (given = request) => upstream.message(given, context),
    stream,
    types: async () => (await stream()).map((event) => (event as { type: string }).type),
  }
}

const whole = (content: string, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
  ...more,
})

const sse = (...events: unknown[]): Response =>
  new Response(
    events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join(''),
    {
      headers: { 'content-type': 'text/event-stream' },
    },
  )

const delta = (content: string, finish: string | null = null) => ({
  id: 'chatcmpl-1',
  choices: [{ index: 0, delta: { content }, finish_reason: finish }],
})
const finish = { id: 'chatcmpl-1', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }
const usage = { choices: [], usage: { prompt_tokens: 5, completion_tokens: 2 } }

const wholeTypes = [
  'message_start',
  'ping',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
]

describe('a request', () => {
  test('is sent to the chat path with the key, and the response has the requested name (OU-T1, T3, A2)', async () => {
    const { message, requests, upstreamIds } = setUp(() =>
      Response.json(whole('hi'), { headers: { 'x-request-id': 'up-1' } }),
    )
    expect(await message()).toMatchObject({
      model: 'claude-sonnet-4-6',
      content: [{ type: 'text', text: 'hi' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 5, output_tokens: 2 },
    })
    const [sent] = requests
    expect(new URL(sent?.url ?? '').pathname).toBe('/v1/chat/completions')
    expect(sent?.headers.get('authorization')).toBe('Bearer sk-test-key-12345')
    expect(sent?.headers.get('accept-encoding')).toBe('identity')
    expect(upstreamIds).toEqual(['up-1'])
  })

  test('for a stream requests a stream with usage (OU-Q6, T5)', async () => {
    const { stream, bodies, upstreamIds } = setUp(() => sse(delta('a'), delta('b'), finish, usage, '[DONE]'))
    expect(await stream()).toContainEqual(
      expect.objectContaining({ type: 'message_delta', usage: expect.objectContaining({ output_tokens: 2 }) }),
    )
    expect(bodies[0]).toMatchObject({ stream: true, stream_options: { include_usage: true } })
    expect(upstreamIds).toEqual(['chatcmpl-1'])
  })
})

describe('a custom header', () => {
  test("overrides each of ours, the provider's own and accept-encoding included (OU-T3, OU-R10)", async () => {
    const { message, requests } = setUp(() => Response.json(whole('hi')), {
      provider: providerOf(providers, 'https://api.githubcopilot.com'),
      customHeaders: new Map([
        ['X-Initiator', new Secret('mine')],
        ['Authorization', new Secret('Basic x')],
        ['Accept-Encoding', new Secret('x-mine')],
        ['User-Agent', new Secret('mine/1')],
      ]),
    })
    await message()
    const names = ['x-initiator', 'authorization', 'accept-encoding', 'user-agent']
    expect(names.map((name) => requests[0]?.headers.get(name))).toEqual(['mine', 'Basic x', 'x-mine', 'mine/1'])
  })
})

describe('the id of a response', () => {
  test("is the header's where there is one, else the chunk's or the whole answer's (OU-T6, A1)", async () => {
    const headers = { 'x-request-id': 'up-1', 'content-type': 'text/event-stream' }
    const both = setUp(() => new Response(sse(delta('a', 'stop'), '[DONE]').body, { headers }))
    await both.stream()
    expect(both.upstreamIds).toEqual(['up-1'])
    const none = setUp(() => Response.json(whole('hi')))
    await none.message()
    expect(none.upstreamIds).toEqual(['chatcmpl-1'])
  })

  test.each(['a\nb', 'ü', 'a'.repeat(300)])('that cannot be a header is not passed on: %j', async (id) => {
    const { stream, upstreamIds } = setUp(() => sse({ ...delta('a', 'stop'), id }, '[DONE]'))
    expect(await stream()).toHaveLength(wholeTypes.length)
    expect(upstreamIds).toEqual([])
  })
})

describe('a response may have the other form (OU-T5)', () => {
  test('a whole answer to a stream request becomes events', async () => {
    const { types } = setUp(() => Response.json(whole('hi')))
    expect(await types()).toEqual(wholeTypes)
  })

  test('a stream as the answer to a whole request is collected', async () => {
    const { message } = setUp(() => sse(delta('a'), delta('b'), finish, usage, '[DONE]'))
    expect((await message()).content).toEqual([{ type: 'text', text: 'ab', citations: null }])
  })

  test.each(['text/plain', ''])('the first byte decides where the content type is %j', async (type) => {
    const headers = { 'content-type': type }
    const json = setUp(() => new Response(` \n${JSON.stringify(whole('hi'))}`, { headers }))
    expect((await json.message()).content).toHaveLength(1)
    const events = setUp(
      () => new Response(`\n: hello\n\ndata: ${JSON.stringify(delta('a', 'stop'))}\n\n`, { headers }),
    )
    expect(await events.types()).toEqual(wholeTypes)
    const page = setUp(() => new Response('<!doctype html><title>Sign in</title>', { headers }))
    await expect(page.message()).rejects.toMatchObject({ status: 502, type: 'api_error' })
    await expect(page.message()).rejects.toThrow('with a web page ("Sign in")')
  })

  test('JSON that is called an event stream is read as JSON (OU-T5)', async () => {
    const headers = { 'content-type': 'text/event-stream' }
    const { types } = setUp(() => new Response(JSON.stringify(whole('hi')), { headers }))
    expect(await types()).toEqual(wholeTypes)
  })

  test.each([
    ['nothing', ''],
    ['null', 'null'],
    ['half of an object', '{"choices": ['],
  ])('%s is not a response', async (_name, body) => {
    const { message } = setUp(() => new Response(body, { headers: { 'content-type': 'application/json' } }))
    await expect(message()).rejects.toMatchObject({ status: 502, type: 'api_error' })
  })
})

describe('a failure', () => {
  test('of a busy server is retried, and the client gets its status at the end (OU-R7, E9)', async () => {
    const { message, bodies } = setUp(() => Response.json({ error: { message: 'busy' } }, { status: 503 }))
    await expect(message()).rejects.toMatchObject({ status: 529, type: 'overloaded_error' })
    expect(bodies).toHaveLength(3)
  })

  test('of the key is not retried, and the message names the key without its value (OU-E3)', async () => {
    const { message, bodies } = setUp(() =>
      Response.json({ error: { message: 'Incorrect API key provided: sk-test-key-12345' } }, { status: 401 }),
    )
    await expect(message()).rejects.toThrow(/OPENAI_API_KEY(?!.*sk-test)/)
    expect(bodies).toHaveLength(1)
  })

  test('inside a 200 becomes a status before the first content (OU-S15)', async () => {
    const first = setUp(() => sse({ error: { message: 'Rate limit', code: 429 } }))
    await expect(first.stream()).rejects.toMatchObject({ status: 429, type: 'rate_limit_error' })
    expect(first.bodies).toHaveLength(3)
    const role = { choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] }
    const second = setUp(() => sse(role, { error: { message: 'no credit' }, choices: [] }))
    await expect(second.stream()).rejects.toMatchObject({ type: 'api_error' })
    const third = setUp(() => Response.json({ error: { message: 'Insufficient balance' } }))
    await expect(third.message()).rejects.toMatchObject({ status: 429, type: 'billing_error' })
  })

  test('after the first content ends the stream with an error, and without message_stop (OU-S14, S15)', async () => {
    const { upstream } = setUp(() => sse(delta('a'), { error: { message: 'Rate limit', code: 429 } }))
    const seen: string[] = []
    const read = async () => {
      const context = {
        requestId: 'r',
        modelId: 'm',
        betas: [],
        signal: new AbortController().signal,
        onUpstreamId() {},
      }
      const request = { model: 'm', max_tokens: 1, messages: [{ role: 'user' as const, content: 'a' }], stream: true }
      for await (const batch of await upstream.stream(request, context)) seen.push(...batch.map(({ type }) => type))
    }
    await expect(read()).rejects.toMatchObject({ typeInStream: 'overloaded_error' })
    expect(seen).not.toContain('message_stop')
  })

  test('a stream that ends before its finish reason is broken (OU-S14)', async () => {
    const { stream } = setUp(() => sse(delta('a')))
    await expect(stream()).rejects.toMatchObject({ type: 'api_error', status: 502 })
  })

  test('a redirect is not followed, so the key is not sent to its target (OU-T4)', async () => {
    const { message, bodies } = setUp(
      () => new Response(null, { status: 307, headers: { location: 'http://127.0.0.1:9/' } }),
    )
    await expect(message()).rejects.toThrow('redirect')
    expect(bodies.length).toBeGreaterThan(0)
  })
})

describe('a refusal', () => {
  test('is handled before the first byte, remembered, and shown (OU-H1, H3)', async () => {
    const { stream, bodies, upstream } = setUp((body) => {
      if ('stream_options' in body) {
        return Response.json({ error: { message: 'Unknown parameter: stream_options' } }, { status: 400 })
      }
      if ('max_tokens' in body) {
        const message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
        return Response.json({ error: { message } }, { status: 400 })
      }
      return sse(delta('a', 'stop'), '[DONE]')
    })
    expect(await stream()).toHaveLength(wholeTypes.length)
    expect(await stream()).toHaveLength(wholeTypes.length)
    expect(bodies).toHaveLength(4)
    expect(bodies[3]).not.toContainAnyKeys(['max_tokens', 'stream_options'])
    expect(upstream.degraded?.()).toMatchObject([
      { without: 'stream_options' },
      { without: 'the usual name of max_tokens' },
    ])
  })

  test('inside a first chunk is also handled (OU-S15)', async () => {
    const { stream, bodies } = setUp((body) =>
      'stream_options' in body
        ? sse({ error: { message: 'stream_options: Extra inputs are not permitted', code: 400 } })
        : sse(delta('a', 'stop'), '[DONE]'),
    )
    expect(await stream()).toHaveLength(wholeTypes.length)
    expect(bodies).toHaveLength(2)
  })
})

test('an answer to a prompt that fills the configured context says so, once in the log (OU-E10)', async () => {
  const { message, records } = setUp(() => Response.json(whole('hi')), { contextLimits: new Map([['gpt-4.1', 5]]) })
  expect((await message()).stop_reason).toBe('model_context_window_exceeded')
  const oddities = records.filter(({ event }) => event === 'upstream.oddity')
  expect(oddities.map(({ level, fields }) => [level, fields?.['what']])).toEqual([['warn', 'full context']])
})

test('a dead kept connection is used once more although there are no retries (OU-R7)', async () => {
  let count = 0
  const dead: Fetch = (url, init) => {
    count += 1
    if (count === 2) return Promise.reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' }))
    return (fetch as Fetch)(url, init)
  }
  const { message, bodies } = setUp(() => Response.json(whole('hi')), {
    fetch: dead,
    retry: { maxRetries: 0, random: () => 0, sleep: () => Promise.resolve() },
  })
  await message()
  expect((await message()).stop_reason).toBe('end_turn')
  expect([count, bodies.length]).toEqual([3, 2])
})

describe('usage that is missing', () => {
  test('is estimated, never zero (OU-A33)', async () => {
    const { message } = setUp(() => Response.json(whole('hello there', { usage: undefined })))
    const { usage: counted } = await message()
    expect(counted.input_tokens).toBeGreaterThan(0)
    expect(counted.output_tokens).toBeGreaterThan(0)
  })
})

test('OpenRouter gets a session key, and never the session (OU-P4)', async () => {
  const { message, requests } = setUp(
    () => Response.json({ choices: [{ message: { content: 'ok' }, finish_reason: 'stop' }] }),
    {
      provider: providerOf(providers, 'https://openrouter.ai/api/v1'),
    },
  )
  const given = { model: 'm', max_tokens: 10, messages: [{ role: 'user' as const, content: 'hello' }] }
  const userId = 'user_aa_account_bb_session_0123-4567'
  await message({ ...given, metadata: { user_id: userId } } as MessagesRequest)
  await message(given)
  const keys = requests.map(({ headers }) => headers.get('x-session-id'))
  expect(keys).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), null])
})
