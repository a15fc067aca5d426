import { describe, expect, test } from 'bun:test'
import Anthropic, {
  APIError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  RateLimitError,
  toFile,
} from '@anthropic-ai/sdk'
import { credentialId } from '../../src/simulator/anthropic/credentials.ts'
import {
  type AnthropicSimulator,
  type AnthropicSimulatorOptions,
  startAnthropicSimulator,
} from '../../src/simulator/anthropic/server.ts'
import type { JournalEntry } from '../../src/simulator/exchange.ts'
import { afterTest } from '../support/cleanup.ts'

/** The official client judges the wire format of the simulator of Anthropic's API. */

interface Started {
  readonly simulator: AnthropicSimulator
  readonly journal: readonly JournalEntry[]
  readonly client: Anthropic
}

const start = (options: AnthropicSimulatorOptions = {}): Started => {
  const journal: JournalEntry[] = []
  const simulator = startAnthropicSimulator({ ...options, onRequest: (entry) => journal.push(entry) })
  afterTest(() => simulator.stop())
  return { simulator, journal, client: clientOf(simulator.url, { apiKey: 'any' }) }
}

const clientOf = (url: string, credential: { apiKey?: string | null; authToken?: string | null }): Anthropic =>
  new Anthropic({ baseURL: url, apiKey: null, authToken: null, maxRetries: 0, logLevel: 'off', ...credential })

/** The client's error. Its promises send the request when they are awaited. */
const failureOf = async (promise: PromiseLike<unknown>): Promise<unknown> => {
  try {
    await promise
  } catch (error) {
    return error
  }
  return undefined
}

const request = {
  model: 'claude-sonnet-4-6',
  max_tokens: 4000,
  messages: [{ role: 'user' as const, content: 'Hello' }],
}

/** Without the members that the client adds to a message. */
const plain = (message: object): { readonly id: string } =>
  JSON.parse(JSON.stringify(message, (name, value) => (/^(?:parsed_output|_.*)$/.test(name) ? undefined : value)))

const tools = [{ name: 'look', input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } } }]

describe('messages', () => {
  test('a whole message and a stream have the same content, stop and usage', async () => {
    const content = [
      { thinking: 'There is a tool for that.' },
      { redacted: 'hidden' },
      { text: 'Grüße, 世界 🎉 — let me look.' },
      { tool: 'look', input: { city: 'Köln', deep: [1, null, 'ä"\\\n'] }, id: 'toolu_1' },
      { tool: 'look', id: 'toolu_2' },
    ]
    const { client } = start({ scenario: () => ({ content }) })
    const whole = await client.messages.create({ ...request, tools })
    const streamed = await client.messages.stream({ ...request, tools }).finalMessage()
    expect(whole.content.map(({ type }) => type)).toEqual([
      'thinking',
      'redacted_thinking',
      'text',
      'tool_use',
      'tool_use',
    ])
    expect({ ...plain(streamed), id: whole.id }).toEqual(plain(whole))
    expect(whole).toMatchObject({ model: request.model, role: 'assistant', type: 'message', stop_reason: 'tool_use' })
    expect(whole.id).toMatch(/^msg_01/)
    expect(whole._request_id).toMatch(/^req_01/)
  })

  test('a stream has pings, and figures of the cache at its start and at its end', async () => {
    const { client } = start()
    const cached = {
      ...request,
      messages: [
        {
          role: 'user' as const,
          content: [{ type: 'text' as const, text: 'Hello again', cache_control: { type: 'ephemeral' as const } }],
        },
      ],
    }
    const usages = []
    for (let call = 0; call < 2; call += 1) {
      const types: string[] = []
      for await (const event of await client.messages.create({ ...cached, stream: true })) {
        types.push(event.type)
        if (event.type === 'message_start') usages.push(event.message.usage)
        if (event.type === 'message_delta') usages.push(event.usage)
      }
      // The client leaves pings out.
      expect(types.slice(0, 2)).toEqual(['message_start', 'content_block_start'])
      expect(types.slice(-3)).toEqual(['content_block_stop', 'message_delta', 'message_stop'])
    }
    const figures = usages.map((usage) => [
      usage.cache_creation_input_tokens,
      usage.cache_read_input_tokens,
      usage.output_tokens > 1,
    ])
    const written = figures[0]?.[0]
    expect(written).toBeGreaterThan(0)
    expect(figures).toEqual([
      [written, 0, false],
      [written, 0, true],
      [0, written, false],
      [0, written, true],
    ] as never)
  })

  test('the figures of a scenario replace the simulated ones', async () => {
    const usage = { inputTokens: 7, outputTokens: 5, cacheReadInputTokens: 3, cacheWriteInputTokens: 2 }
    const { client } = start({ scenario: () => ({ content: [{ text: 'x' }], usage }) })
    expect((await client.messages.create(request)).usage).toMatchObject({
      input_tokens: 7,
      output_tokens: 5,
      cache_read_input_tokens: 3,
      cache_creation_input_tokens: 2,
      cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 0 },
    })
  })

  test('a conversation with signed thinking and tool results is accepted', async () => {
    const { client, journal } = start({
      scenario: ({ assistantTurns }) =>
        assistantTurns === 0 ? { content: [{ thinking: 'So.' }, { tool: 'look', input: { city: 'Ulm' } }] } : undefined,
    })
    const first = await client.messages.create({ ...request, tools, thinking: { type: 'adaptive' } })
    const call = first.content.find((block) => block.type === 'tool_use')
    const second = await client.messages.create({
      ...request,
      tools,
      thinking: { type: 'adaptive' },
      messages: [
        ...request.messages,
        { role: 'assistant', content: first.content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: call?.id ?? '', content: 'Sunny' }] },
      ],
    })
    expect(second.content.at(-1)).toMatchObject({ type: 'text', text: 'The tool said: Sunny' })
    expect(journal.map(({ refusal }) => refusal)).toEqual([undefined, undefined])
  })

  test('stop reasons: limit, stop sequence, refusal, and any other word', async () => {
    const replies = [
      { stopReason: 'max_tokens' as const },
      { stopReason: 'stop_sequence' as const, stopSequence: 'END' },
      { stopReason: 'content_filtered' as const },
      { finishReason: 'pause_turn' },
    ]
    const { client } = start({ scenario: () => ({ content: [{ text: 'x' }], ...replies.shift() }) })
    const stops = []
    for (let call = 0; call < 4; call += 1) {
      const { stop_reason, stop_sequence, stop_details } = await client.messages.create(request)
      stops.push([stop_reason, stop_sequence, stop_details?.type])
    }
    expect(stops).toEqual([
      ['max_tokens', null, undefined],
      ['stop_sequence', 'END', undefined],
      ['refusal', null, 'refusal'],
      ['pause_turn', null, undefined],
    ])
  })

  test('tokens are counted, with the same figure as in the answer', async () => {
    const { client } = start()
    const { max_tokens, ...countable } = request
    const { input_tokens } = await client.messages.countTokens(countable)
    expect((await client.messages.create(request)).usage.input_tokens).toBe(input_tokens)
  })

  test('the alias of a model answers with its id', async () => {
    const { client } = start()
    expect((await client.messages.create({ ...request, model: 'claude-haiku-4-5' })).model).toBe(
      'claude-haiku-4-5-20251001',
    )
  })

  test('a compressed answer arrives whole and streamed, although the client did not accept it', async () => {
    const { client } = start({ scenario: () => ({ content: [{ text: 'compressed '.repeat(50) }], encoding: 'gzip' }) })
    const whole = await client.messages.create(request)
    const streamed = await client.messages.stream(request).finalMessage()
    expect<object>(streamed.content).toEqual(whole.content)
    expect(JSON.stringify(whole.content)).toContain('compressed compressed')
  })
})

describe('failures', () => {
  test.each([
    [401, AuthenticationError, 'authentication_error'],
    [403, APIError, 'permission_error'],
    [429, RateLimitError, 'rate_limit_error'],
    [500, APIError, 'api_error'],
    [529, APIError, 'overloaded_error'],
  ] as const)('%d', async (status, kind, type) => {
    const headers = { 'retry-after': '7', 'x-should-retry': 'false' }
    const { client } = start({ scenario: () => ({ error: { status, message: 'No.', headers } }) })
    const error = (await failureOf(client.messages.create(request))) as APIError
    expect(error).toBeInstanceOf(kind)
    expect([error.status, error.type]).toEqual([status, type])
    expect(error.error).toEqual({ type: 'error', error: { type, message: 'No.' }, request_id: error.requestID })
    expect([error.headers?.get('retry-after'), error.headers?.get('x-should-retry')]).toEqual(['7', 'false'])
  })

  test('an error in a stream reaches the client as an error', async () => {
    const { client } = start({
      scenario: () => ({ content: [{ text: 'x' }], fault: { afterFrames: 3, kind: 'error' } }),
    })
    const error = await failureOf(client.messages.stream(request).finalMessage())
    expect(String(error)).toContain('overloaded_error')
  })

  test('an unknown model is not found', async () => {
    const { client } = start()
    const error = await failureOf(client.messages.create({ ...request, model: 'claude-none' }))
    expect(error).toBeInstanceOf(NotFoundError)
    expect((error as APIError).error).toMatchObject({
      error: { type: 'not_found_error', message: 'model: claude-none' },
    })
  })

  test('an outage fails every path', async () => {
    const { client, journal } = start({ outage: () => ({ status: 529, message: 'Overloaded' }) })
    for (const call of [client.models.list(), client.messages.countTokens(request), client.messages.create(request)])
      expect(((await failureOf(call)) as APIError).status).toBe(529)
    expect(journal.map(({ status }) => status)).toEqual([529, 529, 529])
  })
})

describe('credentials', () => {
  test('an API key', async () => {
    const { simulator, journal } = start({ apiKeys: ['right'] })
    // The client sends its key as a bearer token.
    await clientOf(simulator.url, { apiKey: 'right' }).messages.create(request)
    const error = await failureOf(clientOf(simulator.url, { apiKey: 'wrong' }).messages.create(request))
    expect(error).toBeInstanceOf(AuthenticationError)
    expect(String(error)).toContain('Invalid bearer token')
    expect(journal.map(({ credential }) => credential)).toEqual([
      { kind: 'bearer_api_key', id: credentialId('right') },
      undefined,
    ])
  })

  test('an OAuth access token needs its beta flag', async () => {
    const { simulator } = start({ apiKeys: [] })
    const { accessToken } = simulator.tokens.issue('user:inference', 60)
    const client = clientOf(simulator.url, { authToken: accessToken })
    const error = await failureOf(client.messages.create(request))
    expect(String(error)).toContain('OAuth authentication is currently not supported.')
    const headers = { 'anthropic-beta': 'oauth-2025-04-20' }
    const { response } = await client.messages.create(request, { headers }).withResponse()
    expect(response.headers.get('anthropic-ratelimit-unified-status')).toBe('allowed')
    simulator.tokens.revoke(accessToken)
    expect(String(await failureOf(client.messages.create(request, { headers })))).toContain('OAuth token has expired')
  })
})

describe('models', () => {
  test('every model, one per page, in both directions', async () => {
    const { client } = start()
    const all = (await client.models.list()).data.map(({ id }) => id)
    expect(all.length).toBeGreaterThan(2)
    const listed: string[] = []
    for await (const { id } of client.models.list({ limit: 1 })) listed.push(id)
    expect(listed).toEqual(all)
    const before = await client.models.list({ limit: 1, before_id: all[2] ?? '' })
    expect([before.data.map(({ id }) => id), before.has_more]).toEqual([[all[1] ?? ''], true])
  })

  test('one model by its id or its alias', async () => {
    const { client } = start()
    const model = await client.models.retrieve('claude-haiku-4-5')
    expect(model).toMatchObject({ id: 'claude-haiku-4-5-20251001', type: 'model', max_tokens: 64_000 })
    expect(await failureOf(client.models.retrieve('claude-none'))).toBeInstanceOf(NotFoundError)
  })
})

describe('batches', () => {
  const requests = [
    { custom_id: 'good', params: request },
    { custom_id: 'bad', params: { ...request, model: 'claude-none' } },
  ]

  test('a batch is created, ends, has results as JSON lines, and is deleted', async () => {
    const { client, simulator } = start()
    const created = await client.messages.batches.create({ requests })
    expect(created).toMatchObject({ processing_status: 'in_progress', results_url: null })
    expect(await failureOf(client.messages.batches.delete(created.id))).toBeInstanceOf(APIError)
    const ended = await client.messages.batches.retrieve(created.id)
    expect(ended).toMatchObject({ processing_status: 'ended', request_counts: { succeeded: 1, errored: 1 } })
    expect(ended.results_url).toBe(`${simulator.url}/v1/messages/batches/${created.id}/results`)
    const results = []
    for await (const { custom_id, result } of await client.messages.batches.results(created.id))
      results.push([custom_id, result.type])
    expect(results).toEqual([
      ['good', 'succeeded'],
      ['bad', 'errored'],
    ])
    expect((await client.messages.batches.list()).data.map(({ id }) => id)).toEqual([created.id])
    expect(await client.messages.batches.delete(created.id)).toEqual({ id: created.id, type: 'message_batch_deleted' })
    expect(await failureOf(client.messages.batches.retrieve(created.id))).toBeInstanceOf(NotFoundError)
  })

  test('a cancelled batch ends with cancelled requests', async () => {
    const { client } = start()
    const { id } = await client.messages.batches.create({ requests })
    expect((await client.messages.batches.cancel(id)).processing_status).toBe('canceling')
    expect((await client.messages.batches.retrieve(id)).request_counts).toMatchObject({ canceled: 2, processing: 0 })
  })

  test('two requests with the same id are refused', async () => {
    const { client } = start()
    const twice = { requests: [...requests, ...requests] }
    expect(String(await failureOf(client.messages.batches.create(twice)))).toContain('custom_id must be unique')
  })
})

describe('files and skills', () => {
  const bytes = Uint8Array.from({ length: 3000 }, (_, index) => index % 256)

  test.each([['files'], ['beta.files']])('%s: upload, list, metadata, download and delete', async (name) => {
    const { client } = start()
    const files = name === 'files' ? client.files : client.beta.files
    const file = await toFile(bytes, 'picture.bin', { type: 'image/png' })
    const uploaded = await files.upload({ file })
    expect(uploaded).toMatchObject({ filename: 'picture.bin', mime_type: 'image/png', size_bytes: 3000 })
    await files.upload({ file })
    const listed: string[] = []
    for await (const { id } of files.list({ limit: 1 })) listed.push(id)
    expect(listed).toHaveLength(2)
    expect((await files.retrieveMetadata(uploaded.id)).id).toBe(uploaded.id)
    const content = await files.download(uploaded.id)
    expect(new Uint8Array(await content.arrayBuffer())).toEqual(bytes)
    expect(await files.delete(uploaded.id)).toEqual({ id: uploaded.id, type: 'file_deleted' })
    expect(await failureOf(files.retrieveMetadata(uploaded.id))).toBeInstanceOf(NotFoundError)
  })

  test('a skill is created, listed, read and deleted', async () => {
    const { client } = start()
    const files = [await toFile(new TextEncoder().encode('# Skill'), 'skill/SKILL.md')]
    const { id } = await client.skills.create({ files, display_name: 'Mine' })
    expect((await client.skills.retrieve(id)).display_name).toBe('Mine')
    expect((await client.skills.list()).data.map((skill) => skill.id)).toEqual([id])
    expect(await client.skills.delete(id)).toEqual({ id, type: 'skill_deleted' })
    const nothing = [await toFile(new TextEncoder().encode('x'), 'skill/other.md')]
    expect(await failureOf(client.skills.create({ files: nothing }))).toBeInstanceOf(BadRequestError)
  })
})
