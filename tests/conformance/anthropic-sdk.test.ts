import { describe, expect, test } from 'bun:test'
import Anthropic, { APIError } from '@anthropic-ai/sdk'
import type { Reply, Scenario } from '../../src/simulator/reply.ts'
import { redact, sign } from '../../src/simulator/signature.ts'
import { startChain } from '../support/chain.ts'
import { agentReplies, bashCall, inAutoMode } from '../support/safeguards.ts'

/** The official SDK in front of the whole chain judges our responses. */

const client = (url: string, apiKey = 'client-key'): Anthropic => new Anthropic({ baseURL: url, apiKey, maxRetries: 0 })

const ask = { model: 'claude-sonnet-4-6', max_tokens: 2000, messages: [{ role: 'user' as const, content: 'Hello' }] }

const replies: Record<string, Reply> = {
  text: { content: [{ text: 'Grüße, 世界 🎉 — done.' }] },
  'thinking, redacted, text': { content: [{ thinking: 'I think.' }, { redacted: 'hidden' }, { text: 'So.' }] },
  'signature alone': { content: [{ thinking: '' }, { text: 'So.' }] },
  'parallel tools': {
    content: [
      { text: 'Both.' },
      { tool: 'A', input: { x: 'ä"\\\n' } },
      { tool: 'B', input: {} },
      { tool: 'C', input: { deep: [1, { y: null }] } },
    ],
  },
  'max tokens': { content: [{ text: 'cut' }], stopReason: 'max_tokens' },
  'nothing said': { content: [] },
  'cache figures': {
    content: [{ text: 'x' }],
    usage: {
      inputTokens: 3,
      outputTokens: 4,
      totalTokens: 40,
      cacheReadInputTokens: 30,
      cacheWriteInputTokens: 3,
      cacheDetails: [{ ttl: '1h', inputTokens: 3 }],
    },
  },
}

/** What is equal, streamed and whole. The SDK adds `parsed_output` to streams, and drops `cache_creation`. */
const comparable = (message: Anthropic.Message): object => {
  const { id: _id, usage, parsed_output: _parsed, ...rest } = JSON.parse(JSON.stringify(message))
  const { service_tier: _tier, cache_creation: _creation, ...figures } = usage
  return { ...rest, usage: figures }
}

/** Always the same reply, with the same ids. */
const always =
  (reply: Reply): Scenario =>
  () => ({
    ...reply,
    content:
      reply.content?.map((block, index) => ('tool' in block ? { ...block, id: `tooluse_${index}` } : block)) ?? [],
  })

describe('the SDK reads what we stream', () => {
  test('A1 the SDK reads a stream that ends with safeguard_results', async () => {
    const { url } = startChain({ scenario: agentReplies([{ text: 'Running.' }, bashCall('t1', 'make')]) })
    const body = { ...ask, ...inAutoMode() }
    const streamed = await client(url).messages.stream(body).finalMessage()
    const whole = await client(url).messages.create({ ...body, stream: false })
    const { safeguard_results, ...rest } = comparable(whole) as { safeguard_results?: unknown }
    expect(comparable(streamed)).toEqual(rest)
    expect(JSON.stringify(safeguard_results)).toContain('not_flagged')
  })

  for (const [name, reply] of Object.entries(replies)) {
    test(`3.3 shapes, 1.1 stream: ${name}: streamed and whole are equal, at every chunk size`, async () => {
      for (const chunkBytes of [1, 7, 64, 1000, undefined]) {
        const { url } = startChain({
          scenario: always({ ...reply, pace: { deltaCharacters: 3, ...(chunkBytes && { chunkBytes }) } }),
        })
        const whole = await client(url).messages.create(ask)
        const streamed = await client(url).messages.stream(ask).finalMessage()
        expect(comparable(streamed)).toEqual(comparable(whole))
        expect(whole.model).toBe('claude-sonnet-4-6')
      }
    })
  }

  test('2 reasoning, 2 redacted: thinking keeps its signature, redacted thinking its data', async () => {
    const { url } = startChain({ scenario: always(replies['thinking, redacted, text'] as Reply) })
    const message = await client(url).messages.stream(ask).finalMessage()
    expect(message.content as unknown[]).toEqual([
      { type: 'thinking', thinking: 'I think.', signature: sign('I think.') },
      { type: 'redacted_thinking', data: redact('hidden') },
      { type: 'text', text: 'So.', citations: null },
    ])
  })

  test('2 tool use: inputs arrive unchanged', async () => {
    const { url } = startChain({ scenario: always(replies['parallel tools'] as Reply) })
    const message = await client(url).messages.stream(ask).finalMessage()
    expect(message.stop_reason).toBe('tool_use')
    expect(
      message.content.filter((block) => block.type === 'tool_use').map(({ name, input }) => [name, input]),
    ).toEqual([
      ['A', { x: 'ä"\\\n' }],
      ['B', {}],
      ['C', { deep: [1, { y: null }] }],
    ])
  })

  test('2 usage, 2 cache details: the cache figures', async () => {
    const { url } = startChain({ scenario: always(replies['cache figures'] as Reply) })
    const { usage } = await client(url).messages.stream(ask).finalMessage()
    expect(usage).toMatchObject({
      input_tokens: 3,
      output_tokens: 4,
      cache_read_input_tokens: 30,
      cache_creation_input_tokens: 3,
    })
  })
})

describe('a whole tool loop', () => {
  test('the server accepts the conversation that the SDK sends back', async () => {
    const { url, simulator } = startChain({
      scenario: ({ body }) =>
        body.messages.length === 1
          ? { content: [{ thinking: 'Let me look.' }, { text: 'I look.' }, { tool: 'look', input: { where: 'here' } }] }
          : { content: [{ thinking: 'Seen.' }, { text: 'Found it.' }] },
    })
    const anthropic = client(url)
    const tools = [{ name: 'look', input_schema: { type: 'object' as const, properties: {} } }]
    const first = await anthropic.messages.stream({ ...ask, tools, thinking: { type: 'adaptive' } }).finalMessage()
    const use = first.content.find((block) => block.type === 'tool_use')
    if (use === undefined) throw new Error('no tool use')
    const second = await anthropic.messages
      .stream({
        ...ask,
        tools,
        thinking: { type: 'adaptive' },
        messages: [
          ...ask.messages,
          { role: 'assistant', content: first.content },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: use.id, content: 'a needle' }] },
        ],
      })
      .finalMessage()
    expect(second.content.at(-1)).toMatchObject({ type: 'text', text: 'Found it.' })
    expect(simulator.journal.map(({ refusal }) => refusal)).toEqual([undefined, undefined])
  })
})

describe('F5 a tool loop with a model that repeats its ids', () => {
  test.each([true, false])(
    'F5 2 tool use: the client runs every call, and the server accepts every turn (stream: %p)',
    async (stream) => {
      const calls = [
        { tool: 'look', input: { where: 'here' }, id: 'lookup' },
        { tool: 'look', input: { where: 'there' }, id: 'lookup' },
        { tool: 'look', input: {}, id: '' },
      ]
      const { url, simulator } = startChain({
        scenario: ({ body }) => ({ content: body.messages.length < 5 ? calls : [{ text: 'Found it.' }] }),
      })
      const tools = [{ name: 'look', input_schema: { type: 'object' as const, properties: {} } }]
      const messages: Anthropic.MessageParam[] = [...ask.messages]
      const ids: string[][] = []
      for (let answered = false; !answered; ) {
        const params = { ...ask, tools, messages }
        const { content, stop_reason } = stream
          ? await client(url).messages.stream(params).finalMessage()
          : await client(url).messages.create(params)
        answered = stop_reason !== 'tool_use'
        const uses = content.filter((block) => block.type === 'tool_use')
        ids.push(uses.map(({ id }) => id))
        const results = uses.map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: 'a needle' }))
        messages.push({ role: 'assistant', content }, { role: 'user', content: results })
      }
      expect(ids).toEqual([['lookup', 'lookup-2', 'tooluse'], ['lookup-3', 'lookup-4', 'tooluse-2'], []])
      expect(simulator.journal.map(({ refusal }) => refusal)).toEqual([undefined, undefined, undefined])
    },
  )
})

describe('the SDK understands our errors', () => {
  const failure = async (act: Promise<unknown>): Promise<APIError> => {
    try {
      await act
    } catch (error) {
      if (error instanceof APIError) return error
    }
    throw new Error('no APIError')
  }

  test('4 shape, 3.4 before: a status, a type, the message, an id', async () => {
    const { url } = startChain({
      scenario: () => ({
        error: {
          status: 429,
          type: 'ThrottlingException',
          message: 'Too many requests',
          headers: { 'retry-after': '3' },
        },
      }),
    })
    const error = await failure(client(url).messages.stream(ask).finalMessage())
    expect(error).toBeInstanceOf(Anthropic.RateLimitError)
    expect(error.status).toBe(429)
    expect(error.error).toEqual({
      type: 'error',
      error: { type: 'rate_limit_error', message: 'Too many requests' },
      request_id: expect.stringMatching(/^req_/),
    })
    expect(error.headers?.get('retry-after')).toBe('3')
    expect(error.headers?.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('3.4 before: an exception as the first frame is a status, too', async () => {
    const { url } = startChain({
      scenario: () => ({
        content: [{ text: 'x' }],
        fault: { afterFrames: 0, kind: 'exception', type: 'throttlingException', message: 'slow down' },
      }),
    })
    expect((await failure(client(url).messages.stream(ask).finalMessage())).status).toBe(429)
  })

  test('3.4 after: one error event in mid-stream', async () => {
    const { url } = startChain({
      scenario: () => ({
        content: [{ text: 'a long text' }],
        fault: { afterFrames: 2, kind: 'exception', type: 'throttlingException', message: 'slow down' },
      }),
    })
    const error = await failure(client(url).messages.stream(ask).finalMessage())
    expect(error.error).toMatchObject({ type: 'error', error: { type: 'overloaded_error', message: 'slow down' } })
  })

  test('4.2 key, 4.5 retries: the error of a bad key says not to retry', async () => {
    const { url } = startChain({ simulator: { apiKey: 'right' }, apiKey: 'wrong' })
    const error = await failure(client(url).messages.create(ask))
    expect(error).toBeInstanceOf(Anthropic.AuthenticationError)
    expect(error.headers?.get('x-should-retry')).toBe('false')
  })

  test('the server takes a client token as key and as bearer token', async () => {
    const { Secret } = await import('../../src/base/secret.ts')
    const { url } = startChain({ config: { clientToken: new Secret('token') } })
    expect((await failure(client(url, 'other').messages.create(ask))).status).toBe(401)
    expect((await client(url, 'token').messages.create(ask)).role).toBe('assistant')
    expect((await new Anthropic({ baseURL: url, authToken: 'token', apiKey: null }).messages.create(ask)).role).toBe(
      'assistant',
    )
  })
})

describe('the other endpoints', () => {
  test('list models and count tokens', async () => {
    const anthropic = client(startChain().url)
    const ids: string[] = []
    for await (const model of anthropic.models.list({ limit: 2 })) ids.push(model.id)
    expect(ids).toEqual(['claude-sonnet-4-6', 'claude-opus-4-6', 'claude-haiku-4-5'])
    expect((await anthropic.models.retrieve('claude-opus-4-6')).display_name).toBe('Claude Opus 4.6')
    expect(
      (await anthropic.messages.countTokens({ model: 'claude-sonnet-4-6', messages: ask.messages })).input_tokens,
    ).toBeGreaterThan(5)
  })
})
