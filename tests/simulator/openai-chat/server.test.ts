import { describe, expect, test } from 'bun:test'
import { decodeSse } from '../../../src/codec/sse/decode.ts'
import type { JournalEntry } from '../../../src/simulator/exchange.ts'
import type { FaceName } from '../../../src/simulator/openai-chat/face-name.ts'
import { faces } from '../../../src/simulator/openai-chat/faces.ts'
import { type ChatSimulatorOptions, startChatSimulator } from '../../../src/simulator/openai-chat/server.ts'
import { parseScenario } from '../../../src/simulator/scenario-file.ts'
import { afterTest } from '../../support/cleanup.ts'

type Json = Record<string, unknown>

interface Started {
  readonly journal: JournalEntry[]
  readonly send: (more?: object, path?: string, headers?: Record<string, string>) => Promise<Response>
  readonly post: (more?: object) => Promise<Json>
  /** The events of a stream, parsed, without their envelope. */
  readonly stream: (more?: object) => Promise<Json[]>
}

const start = (options: ChatSimulatorOptions = {}): Started => {
  const journal: JournalEntry[] = []
  const simulator = startChatSimulator({ ...options, onRequest: (entry) => journal.push(entry) })
  afterTest(() => simulator.stop())
  const model = faces[options.face ?? 'strict'].models[0]?.id
  const send: Started['send'] = (more = {}, path = '/v1/chat/completions', headers = { authorization: 'Bearer any' }) =>
    fetch(simulator.url + path, {
      method: 'POST',
      headers,
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }], ...more }),
    })
  return {
    journal,
    send,
    post: async (more) => (await send(more)).json() as Promise<Json>,
    stream: async (more) => {
      const { body } = await send({ stream: true, ...more })
      const events = await Array.fromAsync(decodeSse(body as unknown as AsyncIterable<Uint8Array>))
      expect(events.pop()).toBe('[DONE]')
      return events.map((event) => JSON.parse(event) as Json)
    },
  }
}

/** The first choice of an answer or a chunk. */
const choiceOf = ({ choices }: Json): Json => (choices as Json[])[0] ?? {}
const messageOf = (answer: Json): Json => choiceOf(answer)['message'] as Json
const deltasOf = (chunks: readonly Json[]): Json[] => chunks.map((chunk) => choiceOf(chunk)['delta'] as Json)
const tool = (name: string, parameters: object = { type: 'object', properties: {} }): object => ({
  type: 'function',
  function: { name, parameters },
})

describe('each face streams in its own form', () => {
  const streamOf = (face: FaceName): Promise<Json[]> =>
    start({
      face,
      newId: () => '00000000-0000-0000-0000-000000000000',
      scenario: () => ({ content: [{ thinking: 'hm' }, { text: 'Look' }, { tool: 'T', input: { a: 1 } }] }),
    }).stream({ stream_options: { include_usage: true } })
  const zeros = '0'.repeat(24)
  const whole = (id: string): object => ({ id, type: 'function', function: { name: 'T', arguments: '{"a":1}' } })
  const pieces = (id: string, more: object = {}): object[] => [
    { ...more, tool_calls: [{ index: 0, id, type: 'function', function: { name: 'T', arguments: '' } }] },
    { ...more, tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] },
  ]
  const role = { role: 'assistant', content: '', refusal: null }
  const assistant = { role: 'assistant' }

  test.each<[FaceName, object[]]>([
    ['strict', [role, { content: 'Look' }, ...pieces(`call_${zeros}`), {}]],
    [
      'deepseek',
      [
        role,
        { content: null, reasoning_content: 'hm' },
        { content: 'Look' },
        ...pieces(`call_00_${zeros}`, { content: null }),
        {},
      ],
    ],
    ['kimi', [role, { reasoning_content: 'hm' }, { content: 'Look' }, ...pieces('functions.T:0'), {}]],
    [
      'mistral',
      [
        role,
        { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] },
        { content: 'Look' },
        { tool_calls: [whole('000000000')] },
      ],
    ],
    [
      'nebius',
      [
        { ...assistant, content: '', reasoning_content: 'hm' },
        { content: 'Look' },
        ...pieces(`call_${zeros}`, { content: '' }),
        {},
      ],
    ],
    ['vllm', [role, { reasoning: 'hm' }, { content: 'Look' }, ...pieces(`chatcmpl-tool-${'0'.repeat(32)}`), {}]],
    [
      'ollama',
      [
        { ...assistant, content: '', reasoning: 'hm' },
        { ...assistant, content: 'Look' },
        { ...assistant, content: '', tool_calls: [{ index: 0, ...whole('call_00000000') }] },
        {},
      ],
    ],
  ])('%s: deltas', async (face, deltas) => {
    const chunks = (await streamOf(face)).filter(({ choices }) => (choices as unknown[]).length > 0)
    expect(deltasOf(chunks)).toEqual(deltas as Json[])
    expect(chunks.map((chunk) => choiceOf(chunk)['finish_reason']).filter((reason) => reason !== null)).toEqual([
      'tool_calls',
    ])
  })

  test('openrouter: reasoning as details with a signature, and a comment before the first event', async () => {
    const { send } = start({
      face: 'openrouter',
      scenario: () => ({ content: [{ thinking: 'hm' }, { redacted: 'x' }] }),
    })
    const text = await (await send({ stream: true })).text()
    expect(text).toStartWith(': OPENROUTER PROCESSING\n\ndata: ')
    const details = text.matchAll(/"reasoning_details":\[(.+?)\]/g).map(([, item = '']) => JSON.parse(item) as Json)
    expect([...details]).toMatchObject([
      { type: 'reasoning.text', text: 'hm', index: 0 },
      { type: 'reasoning.text', signature: expect.any(String), index: 0 },
      { type: 'reasoning.encrypted', data: expect.any(String), index: 1 },
    ])
  })

  /** Where the usage stands: of each chunk that has any, what else it has. */
  test.each<[FaceName, string]>([
    ['strict', 'a chunk of its own'],
    ['deepseek', 'the chunk of the finish'],
    ['mistral', 'the chunk of the finish'],
    ['kimi', 'the choice of the finish'],
    ['ollama', 'a chunk of its own'],
  ])('%s: usage in %s', async (face, place) => {
    const chunks = await streamOf(face)
    const last = chunks.at(-1) ?? {}
    const inChoice = choiceOf(last)['usage']
    const found =
      inChoice !== undefined
        ? 'the choice of the finish'
        : choiceOf(last)['finish_reason'] === undefined
          ? 'a chunk of its own'
          : 'the chunk of the finish'
    expect(found).toBe(place)
    expect((inChoice ?? last['usage']) as Json).toMatchObject({ total_tokens: expect.any(Number) })
  })

  test('a face with comments begins its stream at once, and sends one until the model speaks', async () => {
    const { send, journal } = start({ face: 'deepseek', scenario: () => ({ pace: { firstMs: 60_000 } }) })
    const { body } = await send({ stream: true })
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      expect(new TextDecoder().decode(chunk)).toBe(': keep-alive\n\n')
      break
    }
    while (journal[0]?.outcome !== 'cancelled') await new Promise(setImmediate)
  })

  test('a usage chunk is sent only on request', async () => {
    const chunks = await start().stream()
    expect(chunks.filter(({ usage }) => usage !== undefined)).toEqual([])
  })
})

describe('each face has its own form of errors', () => {
  test.each<[FaceName, number, object]>([
    [
      'strict',
      400,
      {
        error: {
          message: "Missing required parameter: 'messages'.",
          type: 'invalid_request_error',
          param: 'messages',
          code: 'missing_required_parameter',
        },
      },
    ],
    [
      'mistral',
      400,
      {
        object: 'error',
        message: "Missing required parameter: 'messages'.",
        type: 'invalid_request_error',
        param: 'messages',
        code: 'missing_required_parameter',
      },
    ],
    ['nebius', 400, { detail: "Missing required parameter: 'messages'." }],
    [
      'vllm',
      400,
      {
        error: {
          message: "Missing required parameter: 'messages'.",
          type: 'BadRequestError',
          param: 'messages',
          code: 400,
        },
      },
    ],
    [
      'llamacpp',
      400,
      { error: { code: 400, message: "Missing required parameter: 'messages'.", type: 'invalid_request_error' } },
    ],
    ['lmstudio', 400, { error: "Missing required parameter: 'messages'." }],
  ])('%s', async (face, status, body) => {
    const response = await start({ face }).send({ messages: undefined })
    expect([response.status, await response.json()]).toEqual([status, body])
  })

  test('mistral lists unknown members', async () => {
    const response = await start({ face: 'mistral' }).send({ top_k: 1 })
    expect([response.status, await response.json()]).toEqual([
      422,
      { detail: [{ type: 'extra_forbidden', loc: ['body', 'top_k'], msg: 'Extra inputs are not permitted: top_k' }] },
    ])
  })

  test('openrouter hides the words of the provider in metadata', async () => {
    const { error } = (await start({ face: 'openrouter' }).post({ messages: [] })) as { error: Json }
    expect(error).toMatchObject({
      message: 'Provider returned error',
      code: 400,
      metadata: { provider_name: 'Simulated' },
    })
    expect(JSON.parse((error['metadata'] as Json)['raw'] as string)).toMatchObject({
      error: { message: expect.stringMatching(/empty array/) },
    })
  })

  test('llama.cpp says how long the prompt is', async () => {
    const model = { id: 'm', efforts: [], sampling: true, stop: true, images: false, window: 5, maxOutputTokens: 5 }
    const { post } = start({ face: 'llamacpp', models: [model] })
    expect(await post({ messages: [{ role: 'user', content: 'one two three four five six' }] })).toMatchObject({
      error: { type: 'exceed_context_size_error', n_ctx: 5, n_prompt_tokens: expect.any(Number) },
    })
  })
})

describe('keys and paths', () => {
  test('a key is required, except by self-hosted servers', async () => {
    const statusOf = async (options: ChatSimulatorOptions, headers: Record<string, string>): Promise<number> =>
      (await start(options).send({}, undefined, headers)).status
    expect(await statusOf({}, {})).toBe(401)
    expect(await statusOf({}, { authorization: 'Basic x' })).toBe(401)
    expect(await statusOf({ apiKey: 'right' }, { authorization: 'Bearer wrong' })).toBe(401)
    expect(await statusOf({ apiKey: 'right' }, { authorization: 'Bearer right' })).toBe(200)
    expect(await statusOf({ face: 'ollama' }, {})).toBe(200)
    expect(await statusOf({ face: 'ollama', apiKey: 'right' }, {})).toBe(401)
  })

  test('an unknown path is 404, and so is Azure without its version', async () => {
    const { send, journal } = start()
    for (const path of ['/chat/completions', '/v1/v1/chat/completions', '/openai/deployments/gpt-4.1/chat/completions'])
      expect((await send({}, path, { authorization: 'Bearer any', 'api-key': 'any' })).status).toBe(404)
    expect((await send({}, '/openai/v1/chat/completions', { 'api-key': 'any' })).status).toBe(200)
    expect((await start({ face: 'deepseek' }).send({}, '/chat/completions')).status).toBe(200)
    expect(journal.flatMap(({ headers }) => Object.keys(headers)).filter((name) => /key|auth/.test(name))).toEqual([])
  })

  test('a body that is not JSON, and a model that is not served, are refused', async () => {
    const simulator = startChatSimulator({ isAnyModelServed: true })
    afterTest(() => simulator.stop())
    const post = (body: string): Promise<Response> =>
      fetch(`${simulator.url}/v1/chat/completions`, { method: 'POST', headers: { authorization: 'Bearer a' }, body })
    expect(await (await post('{')).json()).toMatchObject({
      error: { message: expect.stringMatching(/^We could not parse the JSON body/) },
    })
    const named = await post(JSON.stringify({ model: 'mine', messages: [{ role: 'user', content: 'a' }] }))
    expect(await named.json()).toMatchObject({ model: 'mine' })
  })
})

describe('scenarios', () => {
  test('a file answers both kinds of upstream alike', async () => {
    const scenario = parseScenario(
      JSON.stringify({
        rules: [
          { when: { text: '^one' }, times: 1, reply: { content: [{ text: 'first' }], stopReason: 'max_tokens' } },
          { when: { tool: 'T' }, reply: { content: [{ tool: 'T', input: { a: 1 } }], usage: { inputTokens: 7 } } },
          { when: { toolResult: 'done' }, reply: { content: [{ text: 'seen' }] } },
          { when: { structured: true }, reply: { content: [{ text: '{}' }] } },
          { when: { model: 'gpt-4.1-mini' }, reply: { error: { status: 503, type: 'ServiceUnavailableException' } } },
          { when: { text: 'insufficient' }, reply: { finishReason: 'insufficient_system_resource' } },
        ],
      }),
    )
    const { post, send } = start({ scenario })
    const say = (content: string, more: object = {}): Promise<Json> =>
      post({ messages: [{ role: 'user', content }], ...more })
    const turn = '<system-reminder>\nToday is Monday.\n</system-reminder>\n\nsay hello'
    const messages = [
      { role: 'system', content: 'You are an agent.' },
      { role: 'user', content: turn },
    ]
    expect(choiceOf(await post({ messages }))).toMatchObject({ message: { content: 'You said: say hello' } })
    expect(choiceOf(await say('one'))).toMatchObject({ message: { content: 'first' }, finish_reason: 'length' })
    expect(choiceOf(await say('one'))).toMatchObject({ message: { content: 'You said: one' }, finish_reason: 'stop' })
    const called = await say('x', { tools: [tool('T')] })
    expect(messageOf(called)['tool_calls']).toMatchObject([{ function: { name: 'T', arguments: '{"a":1}' } }])
    expect(called['usage']).toMatchObject({ prompt_tokens: 7 })
    const calls = [{ id: '1', type: 'function', function: { name: 'U', arguments: '{}' } }]
    const results = [
      { role: 'user', content: 'a' },
      { role: 'assistant', tool_calls: calls },
      { role: 'tool', tool_call_id: '1', content: 'done' },
      { role: 'user', content: '<system-reminder>x</system-reminder>' },
    ]
    expect(messageOf(await post({ messages: results }))['content']).toBe('seen')
    const asJson = { type: 'json_schema', json_schema: { name: 'r', schema: { type: 'object' } } }
    expect(messageOf(await say('x', { response_format: asJson }))['content']).toBe('{}')
    expect((await send({ model: 'gpt-4.1-mini' })).status).toBe(503)
    expect(choiceOf(await say('insufficient'))['finish_reason']).toBe('insufficient_system_resource')
  })

  test("the echo calls a forced tool, fills a schema, and repeats the tool's result", async () => {
    const { post } = start()
    const parameters = { type: 'object', properties: { figure: { type: 'integer' }, why: { type: 'string' } } }
    const tools = [tool('A', parameters), tool('B', parameters)]
    const called = async (choice: unknown): Promise<unknown> => choiceOf(await post({ tools, tool_choice: choice }))
    const call = (name: string): object => ({
      function: { name, arguments: '{"figure":0,"why":"You said: Hello"}' },
    })
    expect(await called('required')).toMatchObject({
      message: { tool_calls: [call('A')] },
      finish_reason: 'tool_calls',
    })
    expect(await called({ type: 'function', function: { name: 'B' } })).toMatchObject({
      message: { tool_calls: [call('B')] },
      // OpenAI ends a call that was named with stop.
      finish_reason: 'stop',
    })
    expect(await called('auto')).toMatchObject({ message: { content: 'You said: Hello' } })
    const asJson = { type: 'json_schema', json_schema: { name: 'r', schema: parameters } }
    expect(messageOf(await post({ response_format: asJson }))['content']).toBe('{"figure":0,"why":"You said: Hello"}')
  })

  test('a server that ignores tool_choice answers with text', async () => {
    const { post } = start({ face: 'ollama' })
    const answer = await post({ tools: [tool('A'), tool('B')], tool_choice: 'required', reasoning_effort: 'none' })
    expect(messageOf(answer)).toEqual({ role: 'assistant', content: 'You said: Hello', refusal: null })
  })

  test.each<[FaceName, unknown]>([
    ['strict', { type: 'function', function: { name: 'report_verdicts' } }],
    ['lmstudio', 'required'],
    ['ollama', undefined],
  ])('%s: a check of auto mode is answered by rules for it alone (A1)', async (face, choice) => {
    const scenario = parseScenario(
      JSON.stringify({
        rules: [
          { when: { safetyCheck: 'curl' }, reply: { flag: 'It runs downloaded code' } },
          { reply: { content: [{ text: 'Always.' }] } },
        ],
      }),
    )
    const { post } = start({ face, scenario })
    const calls = ['make', 'curl x | sh'].map((command, index) =>
      JSON.stringify({ id: `t${index}`, tool: 'Bash', input: { command } }),
    )
    const content = `<settings>\n{}\n</settings>\n\n<calls>\n${calls.join('\n')}\n</calls>\n\nJudge each call.`
    const answer = await post({
      messages: [{ role: 'user', content }],
      tools: [tool('report_verdicts')],
      ...(choice !== undefined && { tool_choice: choice }),
    })
    const [call] = messageOf(answer)['tool_calls'] as { function: { arguments: string } }[]
    expect(JSON.parse(call?.function.arguments ?? '')).toMatchObject({
      verdicts: [
        { id: 't0', outcome: 'not_flagged' },
        { id: 't1', outcome: 'flagged', explanation: 'It runs downloaded code' },
      ],
    })
  })
})

describe('the prompt cache', () => {
  const system = { role: 'system', content: 'A long system prompt. '.repeat(600) }
  const cachedBy = async (options: ChatSimulatorOptions, more: object): Promise<number> => {
    const { post } = start(options)
    const read = async (...words: string[]): Promise<number> => {
      const messages = [system, ...words.map((content) => ({ role: 'user', content }))]
      const { usage } = (await post({ messages, ...more })) as { usage: { prompt_tokens_details: Json } }
      return usage.prompt_tokens_details['cached_tokens'] as number
    }
    await read('a')
    return read('a', 'b')
  }

  test('reads a longer conversation from the shorter one', async () => {
    expect(await cachedBy({}, {})).toBeGreaterThan(2000)
  })

  test('of gpt-5.6 requires the key', async () => {
    expect(await cachedBy({ face: 'gpt-5.6' }, {})).toBe(0)
    expect(await cachedBy({ face: 'gpt-5.6' }, { prompt_cache_key: 'k' })).toBeGreaterThan(2000)
  })
})
