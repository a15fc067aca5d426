import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { rawNumber } from '../../src/base/raw-number.ts'
import type { Scenario } from '../../src/simulator/reply.ts'
import { request, startChain } from '../support/chain.ts'
import { afterTest } from '../support/cleanup.ts'
import { jsonObjectText } from '../support/json-text.ts'
import { readEvents } from '../support/sse.ts'

fc.configureGlobal({ seed: 20261129 })

/** Numbers that a double cannot hold exactly, and some that it can. */
const inputWithExactNumbers =
  '{"id":7300000000000000123,"n":[1.0,-0,1e999,0.1234567890123456789,2E3,0.5,12],"s":"[1.0, 7300000000000000123"}'

const converseAnswer = (input: string): string =>
  `{"output":{"message":{"role":"assistant","content":[{"toolUse":{"toolUseId":"t1","name":"T","input":${input}}}]}},"stopReason":"tool_use","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2}}`

/** The chain in front of a Nexus that records the text of each request, and answers with a tool's input. */
const start = (input = '{}', config = {}) => {
  const bodies: string[] = []
  let answered = converseAnswer(input)
  const nexus = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      bodies.push(await request.text())
      const isCount = request.url.endsWith('/count-tokens')
      return new Response(isCount ? '{"inputTokens":770}' : answered, {
        headers: { 'content-type': 'application/json' },
      })
    },
  })
  afterTest(() => nexus.stop(true))
  const { url, records } = startChain({ endpointUrl: `http://127.0.0.1:${nexus.port}`, config })
  const send = async (body: string, path = '/v1/messages'): Promise<string> => {
    const response = await fetch(url + path, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    const text = await response.text()
    expect([response.status, response.status === 200 ? '' : text]).toEqual([200, ''])
    return text
  }
  return {
    bodies,
    records,
    send,
    answer(next: string) {
      answered = converseAnswer(next)
    },
  }
}

const history = (input: string): string =>
  `[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"T","input":${input}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"ok"}]}]`

const ask = (members: string, messages = '[{"role":"user","content":"a"}]', model = 'claude-sonnet-4-6'): string =>
  `{"model":"${model}","max_tokens":100,${members}"messages":${messages}}`

describe('F8 numbers keep their digits on the way to Nexus', () => {
  test('in the input of a tool use', async () => {
    const { send, bodies } = start()
    await send(ask('', history(inputWithExactNumbers)))
    expect(bodies[0]).toContain(`"toolUse":{"toolUseId":"t1","name":"T","input":${inputWithExactNumbers}}`)
  })

  test('in an input that arrives as text, and in an input that is only a number', async () => {
    const { send, bodies } = start()
    await send(ask('', history(JSON.stringify(inputWithExactNumbers))))
    await send(ask('', history('7300000000000000123')))
    expect(bodies[0]).toContain(`"input":${inputWithExactNumbers}}`)
    expect(bodies[1]).toContain('"input":{"input":7300000000000000123}')
  })

  test('in the schema of a tool, also of a tool in mid-conversation', async () => {
    const schema = `{"type":"object","properties":{"a":{"minimum":1.0,"enum":[${inputWithExactNumbers}]}}}`
    const definition = `{"name":"T","input_schema":${schema}}`
    const { send, bodies } = start()
    await send(ask(`"tools":[${definition}],`))
    const added = `{"type":"tool_addition","tool":{"type":"tool_definition","definition":${definition}}}`
    await send(ask('', `[{"role":"user","content":"a"},{"role":"system","content":[${added}]}]`))
    for (const body of bodies) expect(body).toContain(`"inputSchema":{"json":${schema}}`)
  })

  test.each([
    ['claude-haiku-4-5', 'as a schema'],
    ['claude-opus-4-8', 'as words'],
  ])('in the schema of an answer: %s gets it %s', async (model) => {
    const { send, bodies } = start()
    const format =
      '{"type":"json_schema","schema":{"type":"object","properties":{"a":{"const":1.0},"b":{"enum":[7300000000000000123]}}}}'
    await send(ask(`"output_config":{"format":${format}},`, undefined, model))
    await send(ask(`"output_format":${format},`, undefined, model))
    for (const body of bodies) {
      expect(body).toContain('{\\"const\\":1.0}')
      expect(body).toContain('{\\"enum\\":[7300000000000000123]}')
    }
  })

  test("in the results of Anthropic's tools and in the state of a browser, which are sent as text", async () => {
    const { send, bodies } = start()
    const blocks = [
      '{"type":"mcp_tool_use","id":"m1","name":"N","server_name":"S","input":{"a":1.0,"b":7300000000000000123}}',
      '{"type":"code_execution_tool_result","content":{"return_code":-0,"stdout":"x","n":[2.50]}}',
    ]
    const result =
      '{"type":"tool_result","tool_use_id":"t1","content":[{"type":"browser_state","zoom":1.0,"id":7300000000000000123}]}'
    const messages = history('{}').replace(
      '"content":[{"type":"tool_use"',
      `"content":[${blocks.join(',')},{"type":"tool_use"`,
    )
    await send(ask('', messages.replace(/\{"type":"tool_result".*?\}/, result)))
    expect(bodies[0]).toContain('[S N: {\\"a\\":1.0,\\"b\\":7300000000000000123}]')
    expect(bodies[0]).toContain('-0\\nx\\n2.50')
    expect(bodies[0]).toContain('\\"zoom\\":1.0,\\"id\\":7300000000000000123}')
  })

  test('in a token count, by Nexus or by estimate', async () => {
    const { send, bodies } = start()
    const schema = `{"type":"object","properties":{"a":{"enum":[${inputWithExactNumbers}]}}}`
    const body = ask(`"tools":[{"name":"T","input_schema":${schema}}],`, history(inputWithExactNumbers))
    expect(await send(body, '/v1/messages/count_tokens')).toBe('{"input_tokens":770}')
    expect(bodies[0]).toContain(`"input":${inputWithExactNumbers}}`)
    expect(bodies[0]).toContain(`"json":${schema}`)

    const blocks = `{"type":"mcp_tool_result","content":[{"type":"text","text":"x"}],"n":7300000000000000123}`
    const estimated = start('{}', { countTokens: 'estimate' })
    const counted = await estimated.send(
      ask('', `[{"role":"assistant","content":[${blocks}]}]`),
      '/v1/messages/count_tokens',
    )
    expect(JSON.parse(counted)).toEqual({ input_tokens: expect.any(Number) })
  })

  test('and are numbers for the code that reads them', async () => {
    const { send, bodies, records } = start()
    const body = `{"model":"claude-sonnet-4-6","max_tokens":16e3,"temperature":0.50,"top_k":4.0,"messages":${history(inputWithExactNumbers)}}`
    await send(body)
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({
      inferenceConfig: { maxTokens: 16_000, temperature: 0.5 },
      additionalModelRequestFields: { top_k: 4 },
    })
    expect(bodies[0]).toContain(`"input":${inputWithExactNumbers}}`)
    const shape = records.find(({ event }) => event === 'request.shape')?.fields
    expect(shape).toMatchObject({
      maxTokens: 16_000,
      characters: `text:1,tool_use:${inputWithExactNumbers.length},tool_result:2`,
    })
  })

  test('K12 the same every time: a longer conversation begins with the same bytes', async () => {
    const { send, bodies } = start()
    const first = history(inputWithExactNumbers)
    const second = `${first.slice(0, -1)},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]`
    for (const messages of [first, first, second]) await send(ask('', messages))
    const [one = '', again = '', longer = ''] = bodies.map((body) => body.slice(0, body.indexOf(',"inferenceConfig"')))
    expect(again).toBe(one)
    expect(longer).toStartWith(one.slice(0, one.lastIndexOf(']}]')))
  })

  test('in any input and any schema, byte by byte', async () => {
    const { send, bodies } = start()
    await fc.assert(
      fc.asyncProperty(jsonObjectText, jsonObjectText, async (input, schema) => {
        const properties = `{"type":"object","properties":${schema.compact}}`
        await send(ask(`"tools":[{"name":"T","input_schema":${properties}}],`, history(input.spaced)))
        const body = bodies.at(-1)
        expect(body).toContain(`"input":${input.compact}}}`)
        expect(body).toContain(`"inputSchema":{"json":${properties}}`)
      }),
      { numRuns: 100 },
    )
  })
})

describe('F8 numbers keep their digits on the way to the client', () => {
  test('in whole responses, as an object and as text', async () => {
    for (const input of [inputWithExactNumbers, JSON.stringify(inputWithExactNumbers)]) {
      const { send } = start(input)
      expect(await send(ask(''))).toContain(`"name":"T","input":${inputWithExactNumbers}`)
    }
  })

  test('in any whole response, byte by byte', async () => {
    const { send, answer } = start()
    await fc.assert(
      fc.asyncProperty(jsonObjectText, async ({ compact, spaced }) => {
        answer(spaced)
        expect(await send(ask(''))).toContain(`"input":${compact}`)
      }),
      { numRuns: 100 },
    )
  })

  test('so that a call has the same input whole and streamed, and is unchanged when it returns', async () => {
    const scenario: Scenario = ({ body }) => {
      const used = body.messages.flatMap(({ content }) => content).find((block) => 'toolUse' in block)
      const input =
        used === undefined ? { id: rawNumber('7300000000000000123'), n: [rawNumber('1.0')] } : used.toolUse.input
      return { content: [{ tool: 'T', input }] }
    }
    const { url, post } = startChain({ scenario })
    const whole = await (await post(request())).text()
    const input = '{"id":7300000000000000123,"n":[1.0]}'
    expect(whole).toContain(`"input":${input}`)
    const body = ask('"stream":true,', history(input))
    const streamed = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
    const parts = (await readEvents(streamed)).map(
      ({ delta }) => (delta as { partial_json?: string })?.partial_json ?? '',
    )
    expect(parts.join('')).toBe(input)
  })
})
