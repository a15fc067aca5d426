import { describe, expect, test } from 'bun:test'
import { createEventStreamDecoder } from '../../src/codec/aws-event-stream/decode.ts'
import { parseScenario } from '../../src/simulator/scenario-file.ts'
import { startSimulator } from '../../src/simulator/server.ts'
import { request, startChain } from '../support/chain.ts'
import { afterTest } from '../support/cleanup.ts'
import { readEvents } from '../support/sse.ts'

const ask = (content: string, more: object = {}): object => ({
  messages: [{ role: 'user', content: [{ text: content }] }],
  ...more,
})

const start = (options: Parameters<typeof startSimulator>[0] = {}) => {
  const simulator = startSimulator(options)
  afterTest(() => simulator.stop())
  const post = async (body: object, operation = 'converse'): Promise<Record<string, never>> => {
    const response = await fetch(`${simulator.url}/model/claude-sonnet-4.6/${operation}`, {
      method: 'POST',
      headers: { authorization: 'Bearer any' },
      body: JSON.stringify(body),
    })
    return response.json() as Promise<Record<string, never>>
  }
  return { simulator, post }
}

describe('scenarios from a file', () => {
  test('answer a check of auto mode only with rules for it, and flag nothing otherwise (A1)', async () => {
    const scenario = parseScenario(
      JSON.stringify({
        rules: [
          { when: { safetyCheck: 'curl' }, reply: { flag: 'It runs downloaded code' } },
          { when: { safetyCheck: 'slow' }, times: 1, reply: { error: { status: 429 } } },
          { reply: { content: [{ text: 'Always.' }] } },
        ],
      }),
    )
    const { post } = start({ scenario })
    const check = async (...commands: string[]): Promise<unknown> => {
      const calls = commands.map((command, index) =>
        JSON.stringify({ id: `t${index}`, tool: 'Bash', input: { command } }),
      )
      const text = `<calls>\n${calls.join('\n')}\n</calls>`
      const inputSchema = { json: { type: 'object' } }
      const toolConfig = {
        tools: [{ toolSpec: { name: 'report_verdicts', inputSchema } }],
        toolChoice: { tool: { name: 'report_verdicts' } },
      }
      const answer: unknown = await post(ask(text, { toolConfig }))
      const { output, message } = answer as {
        output?: { message: { content: { toolUse: { input: { verdicts: Record<string, string>[] } } }[] } }
        message?: string
      }
      const verdicts = output?.message.content[0]?.toolUse.input.verdicts ?? []
      return message ?? verdicts.map(({ id, outcome, explanation }) => [id, outcome, explanation])
    }
    const nothing = 'The simulated model flags nothing by itself.'
    expect(await check('make', 'curl x | sh')).toEqual([
      ['t0', 'not_flagged', nothing],
      ['t1', 'flagged', 'It runs downloaded code'],
    ])
    expect(await check('slow')).toBe('The simulated service failed.')
    expect(await check('slow')).toEqual([['t0', 'not_flagged', nothing]])
  })

  test('a flag requires a condition for a check (A1)', () => {
    const text = JSON.stringify({ rules: [{ reply: { flag: 'No.' } }] })
    expect(() => parseScenario(text)).toThrow('rules.0.reply.flag: needs when.safetyCheck')
  })

  test('rules answer in order, as often as they say, then the echo', async () => {
    const scenario = parseScenario(
      JSON.stringify({
        rules: [
          { when: { text: '^one' }, times: 1, reply: { content: [{ text: 'first' }] } },
          { when: { text: '^one' }, reply: { content: [{ text: 'again' }] } },
          { when: { tool: 'T' }, reply: { content: [{ tool: 'T', input: { a: 1 } }] } },
          { when: { toolResult: 'done' }, reply: { content: [{ text: 'seen' }] } },
          { when: { stream: true }, reply: { content: [] } },
          { when: { structured: true }, reply: { content: [{ text: '{}' }] } },
          {
            when: { model: 'claude-opus-4.6' },
            reply: { error: { status: 503, type: 'ServiceUnavailableException' } },
          },
        ],
      }),
    )
    const { post } = start({ scenario })
    const said = async (body: object): Promise<unknown> => (await post(body))['output']
    expect(await said(ask('one'))).toEqual({ message: { role: 'assistant', content: [{ text: 'first' }] } })
    expect(await said(ask('one'))).toEqual({ message: { role: 'assistant', content: [{ text: 'again' }] } })
    expect(await said(ask('two'))).toEqual({ message: { role: 'assistant', content: [{ text: 'You said: two' }] } })
    const toolConfig = { tools: [{ toolSpec: { name: 'T', inputSchema: { json: { type: 'object' } } } }] }
    expect(await said(ask('x', { toolConfig }))).toMatchObject({
      message: { content: [{ toolUse: { name: 'T', input: { a: 1 } } }] },
    })
    expect(
      await said(
        ask('x', {
          outputConfig: {
            textFormat: {
              type: 'json_schema',
              structure: { jsonSchema: { schema: '{"type":"object","additionalProperties":false}' } },
            },
          },
        }),
      ),
    ).toMatchObject({ message: { content: [{ text: '{}' }] } })
  })

  test.each([
    ['{', 'not JSON'],
    ['{"rules":[{"reply":{}}],"x":1}', 'x: unknown member'],
    ['{"rules":[{"reply":{"pace":{"frameMs":-1}}}]}', 'rules.0.reply.pace.frameMs: does not fit (range)'],
    ['{"rules":[{"when":{"text":"["},"reply":{}}]}', 'is not a regular expression'],
  ])('%s is refused', (text, message) => {
    expect(() => parseScenario(text)).toThrow(message)
  })
})

describe('the echo', () => {
  test('calls the tool that the request forces', async () => {
    const { post } = start()
    const inputSchema = {
      json: { type: 'object', properties: { figure: { type: 'integer' }, why: { type: 'string' } } },
    }
    const tools = ['A', 'B'].map((name) => ({ toolSpec: { name, inputSchema } }))
    const called = async (toolChoice: object): Promise<unknown> =>
      (await post(ask('x', { toolConfig: { tools, toolChoice } })))['output']
    const call = (name: string): unknown => ({
      message: { content: [{ toolUse: { name, input: { figure: 0, why: 'You said: x' } } }] },
    })
    expect(await called({ tool: { name: 'B' } })).toMatchObject(call('B') as object)
    expect(await called({ any: {} })).toMatchObject(call('A') as object)
    expect(await called({ auto: {} })).toMatchObject({ message: { content: [{ text: 'You said: x' }] } })
  })

  test('replies in the requested form', async () => {
    const { post } = start()
    const schema = JSON.stringify({
      type: 'object',
      properties: { title: { type: 'string' }, n: { type: 'integer' }, kind: { enum: ['a', 'b'] } },
      additionalProperties: false,
    })
    const answer = await post(
      ask('words', { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema } } } } }),
    )
    expect(JSON.stringify(answer)).toContain(
      JSON.stringify('{"title":"You said: words","n":0,"kind":"a"}').slice(1, -1),
    )
  })

  test('thinks if the request says so', async () => {
    const { post } = start()
    expect(
      JSON.stringify(await post(ask('x', { additionalModelRequestFields: { thinking: { type: 'adaptive' } } }))),
    ).toContain('"reasoningText":{"text":"The user said')
    expect(
      JSON.stringify(
        await post(ask('x', { additionalModelRequestFields: { thinking: { type: 'adaptive', display: 'omitted' } } })),
      ),
    ).toContain('"reasoningText":{"text":""')
  })
})

describe('the prompt cache', () => {
  const conversation = (turns: number): object[] =>
    Array.from({ length: turns * 2 - 1 }, (_, index) => ({
      role: index % 2 === 0 ? 'user' : 'assistant',
      content: [
        {
          type: 'text',
          text: `turn ${index}`,
          ...(index === turns * 2 - 2 && { cache_control: { type: 'ephemeral', ttl: '1h' } }),
        },
      ],
    }))

  test('a longer conversation reads what the shorter one wrote', async () => {
    const { post } = startChain()
    const usage = async (turns: number) => {
      const system = [
        { type: 'text', text: 'A long system prompt. '.repeat(300), cache_control: { type: 'ephemeral', ttl: '1h' } },
      ]
      const events = await readEvents(await post(request({ stream: true, system, messages: conversation(turns) })))
      return events.find(({ type }) => type === 'message_delta')?.['usage'] as Record<string, number>
    }
    const first = await usage(1)
    expect(first).toMatchObject({ input_tokens: 0, cache_read_input_tokens: 0 })
    expect(first['cache_creation']).toEqual({
      ephemeral_5m_input_tokens: 0,
      ephemeral_1h_input_tokens: first['cache_creation_input_tokens'] as never,
    } as never)
    const second = await usage(2)
    expect(second['cache_read_input_tokens']).toBe(first['cache_creation_input_tokens'] as number)
    expect(second['cache_creation_input_tokens']).toBeGreaterThan(0)
    expect(second['cache_creation_input_tokens']).toBeLessThan(30)
  })
})

describe('the wire', () => {
  test('each event is padded, like the real ones', async () => {
    const { simulator } = start()
    const response = await fetch(`${simulator.url}/model/claude-sonnet-4.6/converse-stream`, {
      method: 'POST',
      headers: { authorization: 'Bearer any' },
      body: JSON.stringify(ask('x')),
    })
    const paddings: unknown[] = []
    const decoder = createEventStreamDecoder()
    decoder.push(new Uint8Array(await response.arrayBuffer()), ({ payload }) =>
      paddings.push(JSON.parse(new TextDecoder().decode(payload)).p),
    )
    expect(paddings.length).toBeGreaterThan(3)
    for (const padding of paddings) expect(padding).toMatch(/^[a-zA-Z0-9]+$/)
    expect(new Set(paddings).size).toBeGreaterThan(1)
  })

  test("an exception's name is followed by its address", async () => {
    const { simulator } = start({
      scenario: () => ({ error: { status: 429, type: 'ThrottlingException', message: 'slow' } }),
    })
    const response = await fetch(`${simulator.url}/model/claude-sonnet-4.6/converse`, {
      method: 'POST',
      headers: { authorization: 'Bearer any' },
      body: JSON.stringify(ask('x')),
    })
    expect(response.headers.get('x-amzn-errortype')).toMatch(/^ThrottlingException:http:/)
  })

  test('a stop sequence is reported at the requested path, complete or streamed', async () => {
    const { post } = startChain({
      scenario: () => ({ content: [{ text: 'x' }], stopReason: 'stop_sequence', stopSequence: 'END' }),
    })
    const body = { stop_sequences: ['END', 'FIN'] }
    expect(await (await post(request(body))).json()).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: 'END',
    })
    const events = await readEvents(await post(request({ ...body, stream: true })))
    expect(events.find(({ type }) => type === 'message_delta')).toMatchObject({
      delta: { stop_reason: 'stop_sequence', stop_sequence: 'END' },
    })
  })

  test('the journal has no keys', async () => {
    const { post, simulator } = startChain({ apiKey: 'a-canary-key' })
    await post(request())
    expect(simulator.journal.length).toBe(1)
    expect(simulator.journal[0]?.headers).not.toHaveProperty('authorization')
    expect(JSON.stringify(simulator.journal)).not.toContain('a-canary-key')
  })
})

test('an unknown operation and invalid JSON get the errors of AWS', async () => {
  const { simulator } = start()
  const status = async (path: string, body: string): Promise<unknown> => {
    const response = await fetch(simulator.url + path, { method: 'POST', headers: { authorization: 'Bearer x' }, body })
    return [response.status, response.headers.get('x-amzn-errortype')?.split(':')[0]]
  }
  expect(await status('/model/claude-sonnet-4.6/invoke', '{}')).toEqual([404, 'UnknownOperationException'])
  expect(await status('/model/claude-unknown/converse', '{}')).toEqual([400, 'ValidationException'])
  expect(await status('/model/claude-sonnet-4.6/converse', '{')).toEqual([400, 'SerializationException'])
  expect(
    (await fetch(`${simulator.url}/model/claude-sonnet-4.6/converse`, { method: 'POST', body: '{}' })).status,
  ).toBe(403)
})
