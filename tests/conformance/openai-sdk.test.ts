import { describe, expect, test } from 'bun:test'
import OpenAI, {
  APIError,
  AuthenticationError,
  AzureOpenAI,
  BadRequestError,
  NotFoundError,
  RateLimitError,
} from 'openai'
import type { JournalEntry } from '../../src/simulator/exchange.ts'
import { faceNames } from '../../src/simulator/openai-chat/face-name.ts'
import { faces } from '../../src/simulator/openai-chat/faces.ts'
import { type ChatSimulatorOptions, startChatSimulator } from '../../src/simulator/openai-chat/server.ts'
import type { Reply } from '../../src/simulator/reply.ts'
import { afterTest } from '../support/cleanup.ts'

/** The official client judges the wire format of the Chat Completions simulator. */

const start = (options: ChatSimulatorOptions = {}): { url: string; journal: JournalEntry[] } => {
  const journal: JournalEntry[] = []
  const simulator = startChatSimulator({ ...options, onRequest: (entry) => journal.push(entry) })
  afterTest(() => simulator.stop())
  return { url: simulator.url, journal }
}

const client = (url: string, apiKey = 'any'): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0, logLevel: 'off' })

/** The client's error. Its promises send the request when they are awaited. */
const failureOf = async (promise: PromiseLike<unknown>): Promise<unknown> => {
  try {
    await promise
  } catch (error) {
    return error
  }
  return undefined
}

const request = { model: 'gpt-4.1', messages: [{ role: 'user' as const, content: 'Hello' }] }

const tools = [
  {
    type: 'function' as const,
    function: { name: 'look', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  },
]

const replies: Record<string, Reply> = {
  text: { content: [{ text: 'Grüße, 世界 🎉 — done.' }] },
  'text and a call': { content: [{ text: 'Let me look.' }, { tool: 'look', input: { city: 'Köln' }, id: 'call_1' }] },
  'parallel calls': {
    content: [
      { tool: 'look', input: { city: 'ä"\\\n' }, id: 'call_1' },
      { tool: 'look', input: {}, id: 'call_2' },
    ],
  },
  'the limit': { content: [{ text: 'cut' }], stopReason: 'max_tokens' },
  'a filter': { content: [{ text: 'cut' }], stopReason: 'content_filtered' },
  'nothing said': { content: [] },
}

describe("OpenAI's client", () => {
  test('gets a whole response, with usage and the id of the request', async () => {
    const answer = await client(start().url).chat.completions.create(request)
    expect(answer.choices).toEqual([
      {
        index: 0,
        message: { role: 'assistant', content: 'You said: Hello', refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ])
    expect(answer.object).toBe('chat.completion')
    const { prompt_tokens: prompt = 0, completion_tokens: completion = 0, total_tokens: total } = answer.usage ?? {}
    expect(prompt).toBeGreaterThan(0)
    expect(total).toBe(prompt + completion)
    expect(answer._request_id).toMatch(/^[0-9a-f-]{36}$/)
  })

  test.each(Object.entries(replies))('collects a stream into the whole response: %s', async (_name, reply) => {
    const { url } = start({ scenario: () => ({ ...reply, pace: { deltaCharacters: 3, chunkBytes: 17 } }) })
    const whole = await client(url).chat.completions.create({ ...request, tools })
    const stream = client(url).chat.completions.stream({ ...request, tools, stream_options: { include_usage: true } })
    const collected = await stream.finalChatCompletion()
    const [choice] = collected.choices
    const [expected] = whole.choices
    expect(choice?.finish_reason).toBe(expected?.finish_reason as never)
    expect(choice?.message.content ?? '').toBe(expected?.message.content ?? '')
    const callsOf = (message: OpenAI.ChatCompletionMessage | undefined): unknown =>
      (message?.tool_calls ?? []).map(
        (call) => 'function' in call && [call.id, call.function.name, call.function.arguments],
      )
    expect(callsOf(choice?.message)).toEqual(callsOf(expected?.message))
    expect(collected.usage?.total_tokens).toBe(whole.usage?.total_tokens as number)
  })

  test('gets chunks with one role, one finish and usage in the last one', async () => {
    const { url } = start({ scenario: () => ({ content: [{ text: 'a long text' }], pace: { deltaCharacters: 4 } }) })
    const stream = await client(url).chat.completions.create({
      ...request,
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = await Array.fromAsync(stream)
    expect(chunks.map(({ choices: [choice] }) => [choice?.delta, choice?.finish_reason])).toEqual([
      [{ role: 'assistant', content: '', refusal: null }, null],
      [{ content: 'a lo' }, null],
      [{ content: 'ng t' }, null],
      [{ content: 'ext' }, null],
      [{}, 'stop'],
      [undefined, undefined],
    ] as never)
    expect(chunks.map(({ usage }) => usage?.completion_tokens)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      3,
    ])
    expect(new Set(chunks.map(({ id, object }) => `${id} ${object}`)).size).toBe(1)
    expect(chunks.every(({ obfuscation }) => obfuscation !== undefined)).toBe(true)
  })

  test('lists the models and reads one', async () => {
    const models = client(start().url).models
    expect((await Array.fromAsync(models.list())).map(({ id }) => id)).toEqual(faces.strict.models.map(({ id }) => id))
    expect(await models.retrieve('gpt-5')).toMatchObject({ id: 'gpt-5', object: 'model' })
    expect(await failureOf(models.retrieve('gpt-9'))).toBeInstanceOf(NotFoundError)
  })

  test('runs its own tool loop', async () => {
    const { url, journal } = start({
      scenario: ({ lastTurn }) =>
        lastTurn.some((part) => 'toolResult' in part)
          ? undefined
          : { content: [{ tool: 'look', input: { city: 'Köln' } }] },
    })
    const runner = client(url).chat.completions.runTools({
      ...request,
      tools: [
        {
          type: 'function',
          function: {
            name: 'look',
            description: 'Looks at the weather.',
            parameters: { type: 'object', properties: { city: { type: 'string' } } },
            parse: JSON.parse,
            function: ({ city }: { city: string }) => `sunny in ${city}`,
          },
        },
      ],
    })
    expect(await runner.finalContent()).toBe('The tool said: sunny in Köln')
    expect(journal.map(({ refusal }) => refusal)).toEqual([undefined, undefined])
  })

  test('recognises errors by their status, with parameter and code', async () => {
    const { url } = start({ apiKey: 'right' })
    const right = client(url, 'right').chat.completions
    expect(await failureOf(client(url, 'wrong').chat.completions.create(request))).toBeInstanceOf(AuthenticationError)
    expect(await failureOf(right.create({ ...request, model: 'gpt-9' }))).toBeInstanceOf(NotFoundError)
    const refused = await failureOf(right.create({ ...request, stop: ['a', 'b', 'c', 'd', 'e'] }))
    expect(refused).toBeInstanceOf(BadRequestError)
    expect(refused).toMatchObject({ param: 'stop', code: 'array_above_max_length', status: 400 })
    const { url: busy } = start({
      scenario: () => ({ error: { status: 429, type: 'ThrottlingException', message: 'slow' } }),
    })
    const limited = await failureOf(client(busy).chat.completions.create(request))
    expect(limited).toBeInstanceOf(RateLimitError)
    expect(limited).toMatchObject({ code: 'rate_limit_exceeded' })
  })

  test.each(['exception', 'error'] as const)('throws the failure of a stream (%s)', async (kind) => {
    const { url } = start({
      scenario: () => ({
        content: [{ text: 'a long text' }],
        fault: { afterFrames: 2, kind, type: 'server_error', message: 'overloaded' },
      }),
    })
    const stream = await client(url).chat.completions.create({ ...request, stream: true })
    await expect(Array.fromAsync(stream)).rejects.toThrow('overloaded')
  })

  test.each(['corrupt', 'reset'] as const)('cannot read a broken stream (%s)', async (kind) => {
    const { url } = start({ scenario: () => ({ content: [{ text: 'text' }], fault: { afterFrames: 2, kind } }) })
    const stream = await client(url).chat.completions.create({ ...request, stream: true })
    await expect(Array.fromAsync(stream)).rejects.toThrow()
  })

  test('reads a prompt again from the cache', async () => {
    const { url } = start()
    const system = { role: 'system' as const, content: 'A long system prompt. '.repeat(600) }
    const read = async (...words: string[]): Promise<number> => {
      const messages = [system, ...words.map((content) => ({ role: 'user' as const, content }))]
      const { usage } = await client(url).chat.completions.create({ ...request, messages })
      return usage?.prompt_tokens_details?.cached_tokens ?? 0
    }
    expect(await read('a')).toBe(0)
    expect(await read('a', 'b')).toBeGreaterThan(2000)
  })

  test("Azure's client finds its deployment by the path", async () => {
    const { url, journal } = start()
    const azure = new AzureOpenAI({
      endpoint: url,
      apiKey: 'any',
      apiVersion: '2024-10-21',
      maxRetries: 0,
      logLevel: 'off',
    })
    const answer = await azure.chat.completions.create(request)
    expect(answer.choices[0]?.message.content).toBe('You said: Hello')
    expect(journal).toMatchObject([{ path: '/openai/deployments/gpt-4.1/chat/completions', modelId: 'gpt-4.1' }])
    expect(journal[0]?.headers).not.toHaveProperty('api-key')
    const chunks = await Array.fromAsync(await azure.chat.completions.create({ ...request, stream: true }))
    expect(chunks[0]).toMatchObject({ id: '', choices: [], prompt_filter_results: [{ prompt_index: 0 }] })
    expect(await failureOf(azure.chat.completions.create({ ...request, model: 'gpt-9' }))).toMatchObject({
      code: 'DeploymentNotFound',
    })
  })
})

describe('the client reads each face', () => {
  test.each(faceNames)('%s: whole and streamed, with a call', async (face) => {
    const { url } = start({
      face,
      scenario: () => ({
        content: [{ thinking: 'hm' }, { text: 'Looking.' }, { tool: 'look', input: { city: 'Köln' } }],
      }),
    })
    const body = {
      ...request,
      model: faces[face].models[0]?.id ?? '',
      tools,
      ...(face === 'gpt-5.6' && { reasoning_effort: 'none' as const }),
    }
    const whole = await client(url).chat.completions.create(body)
    const [call] = whole.choices[0]?.message.tool_calls ?? []
    expect(call).toMatchObject({ type: 'function', function: { name: 'look', arguments: '{"city":"Köln"}' } })
    expect(whole.choices[0]?.finish_reason).toBe('tool_calls')
    const chunks = await Array.fromAsync(await client(url).chat.completions.create({ ...body, stream: true }))
    const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta))
    const text = deltas.map(({ content }) => (typeof content === 'string' ? content : '')).join('')
    const input = deltas.flatMap(({ tool_calls: calls }) => calls ?? []).map((piece) => piece.function?.arguments)
    expect(text).toBe('Looking.')
    expect(input.join('')).toBe('{"city":"Köln"}')
    expect(chunks.flatMap(({ choices }) => choices.flatMap((choice) => choice.finish_reason ?? []))).toEqual([
      'tool_calls',
    ])
    expect(await failureOf(client(url).chat.completions.create({ ...body, messages: [] }))).toBeInstanceOf(APIError)
  })
})
