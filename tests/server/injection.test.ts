import { describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { type ChainOptions, request, startChain } from '../support/chain.ts'
import { rawServer } from '../support/raw-server.ts'
import { grammarFault, readEvents, type SseEvent } from '../support/sse.ts'

/** No text of a model, an upstream or a client can start a new event, header or line. */

const hostileText =
  'x\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n\r\revent: error\r\ndata: {}\r\n\r\n\u2028\u0000'

/** The server wrote every line of a stream, with any of the three line endings of the standard. */
const unexpectedLines = (text: string): string[] => {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line !== '')
  return lines.filter((line, index) => {
    const [type, data] = index % 2 === 0 ? [line, lines[index + 1]] : [lines[index - 1], line]
    const name = /^event: (\w+)$/.exec(type ?? '')?.[1]
    return name === undefined || data?.startsWith(`data: {"type":"${name}"`) !== true
  })
}

interface Case {
  readonly name: string
  readonly members?: object
  readonly chain: ChainOptions
  /** Finds the text in the output. */
  readonly find: (events: readonly SseEvent[]) => unknown
  /** The text that is found, if not all of it. */
  readonly found?: string
}

/** The values of a member in all events. */
const memberValues = (events: readonly SseEvent[], object: string, member: string): unknown[] =>
  events.flatMap((event) => (event[object] as Record<string, unknown> | undefined)?.[member] ?? [])

const tool = { name: 'T', input_schema: { type: 'object' } }

const cases: readonly Case[] = [
  {
    name: 'text',
    chain: { scenario: () => ({ content: [{ text: hostileText }] }) },
    find: (events) => memberValues(events, 'delta', 'text').join(''),
  },
  {
    name: 'thinking',
    chain: { scenario: () => ({ content: [{ thinking: hostileText }, { text: 'x' }] }) },
    find: (events) => memberValues(events, 'delta', 'thinking').join(''),
  },
  {
    name: "a tool call's input",
    members: { tools: [tool] },
    chain: { scenario: () => ({ content: [{ tool: 'T', input: { [hostileText]: hostileText } }] }) },
    find: (events) => Object.keys(JSON.parse(memberValues(events, 'delta', 'partial_json').join('')))[0],
  },
  {
    name: "a tool's name",
    members: { tools: [tool] },
    chain: { scenario: () => ({ content: [{ tool: hostileText, input: {} }] }) },
    find: (events) => memberValues(events, 'content_block', 'name')[0],
  },
  {
    name: "a tool call's id",
    members: { tools: [tool] },
    chain: { scenario: () => ({ content: [{ tool: 'T', input: {}, id: hostileText }] }) },
    find: (events) => memberValues(events, 'content_block', 'id')[0],
    found: hostileText.replace(/\W/g, '-').slice(0, 64),
  },
  {
    name: 'a stop sequence',
    members: { stop_sequences: [hostileText] },
    chain: { scenario: () => ({ content: [{ text: 'x' }], stopReason: 'stop_sequence', stopSequence: hostileText }) },
    find: (events) => memberValues(events, 'delta', 'stop_sequence')[0],
  },
  {
    name: "an exception's words in the middle",
    chain: {
      scenario: () => ({
        content: [{ text: 'x' }],
        fault: { afterFrames: 2, kind: 'exception', type: 'internalServerException', message: hostileText },
      }),
    },
    find: (events) => memberValues(events, 'error', 'message')[0],
  },
  {
    name: "a late refusal's words",
    chain: {
      commitMs: 5,
      scenario: () => ({ pace: { firstMs: 60 }, error: { status: 500, message: hostileText } }),
    },
    find: (events) => memberValues(events, 'error', 'message')[0],
  },
]

describe('hostile text stays inside its own line', () => {
  test.each(cases)('$name', async ({ members, chain, find, found = hostileText }) => {
    const { post } = startChain(chain)
    const text = await (await post(request({ stream: true, ...members }))).text()
    expect(unexpectedLines(text)).toEqual([])
    const events = await readEvents(new Response(text))
    expect(grammarFault(events)).toBeUndefined()
    expect(String(find(events)).trim()).toContain(found.trim())
  })

  test("a model's name, known or not", async () => {
    const { post } = startChain()
    for (const model of [hostileText, `sonnet${hostileText}`, `claude-sonnet-4-6${hostileText}`]) {
      const response = await post(request({ stream: true, model }))
      const text = await response.text()
      if (response.status === 200) expect(unexpectedLines(text)).toEqual([])
      else expect(JSON.parse(text)).toMatchObject({ error: { type: 'not_found_error' } })
    }
  })

  test("the upstream's id of a request, with any text", async () => {
    const body = JSON.stringify({
      output: { message: { role: 'assistant', content: [{ text: 'x' }] } },
      stopReason: 'end_turn',
      usage: {},
    })
    const { url: endpointUrl } = await rawServer((socket) =>
      socket.write(
        `HTTP/1.1 200 OK\r\nx-amzn-requestid: a "b"; data: {}\tevent: x\r\ncontent-length: ${body.length}\r\ncontent-type: application/json\r\n\r\n${body}`,
      ),
    )
    const response = await startChain({ endpointUrl }).post(request())
    expect([response.status, response.headers.get('x-evil')]).toEqual([200, null])
    expect(response.headers.get('request-id')).toStartWith('a "b"')
  })
})

describe('request heads that no client sends', () => {
  const statusOf = (url: string, head: string): Promise<string> =>
    new Promise((resolve) => {
      let answer = ''
      const { hostname, port } = new URL(url)
      const socket = connect(Number(port), hostname, () => socket.write(head))
      socket.on('data', (data) => {
        answer += data.toString()
        socket.destroy()
      })
      socket.on('error', () => {})
      socket.on('close', () => resolve(answer.split(' ')[1] ?? ''))
    })

  // Bun's own limits, which it checks before it calls our code: 16 KB in total, about 200 fields.
  test.each([
    ['as large as they may be', 200, `x: ${'a'.repeat(15_000)}`],
    ['too large', 431, `x: ${'a'.repeat(17_000)}`],
    ['too many', 431, Array.from({ length: 250 }, (_, index) => `x${index}: a`).join('\r\n')],
    ['with two lengths', 400, 'content-length: 3\r\ntransfer-encoding: chunked'],
  ])('are answered, and the server continues: %s', async (_, status, fields) => {
    const { url, post } = startChain()
    expect(await statusOf(url, `GET /health HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n\r\n`)).toBe(String(status))
    expect((await post(request())).status).toBe(200)
  })

  test('are answered, and the server continues: a path too long', async () => {
    const { url, post } = startChain()
    expect(await statusOf(url, `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`)).toBe('431')
    expect((await post(request())).status).toBe(200)
  })
})
