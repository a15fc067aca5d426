import { describe, expect, test } from 'bun:test'
import { request, startChain } from '../../support/chain.ts'
import { frame, httpChunk, streamResponseHead } from '../../support/nexus.ts'
import { rawServer } from '../../support/raw-server.ts'
import { readEvents } from '../../support/sse.ts'

/** Responses with valid JSON and members of the wrong type, found by `bun run fuzz`. */

const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 }

const streamed = async (...frames: [string, object][]) => {
  const bytes = frames.map(([type, payload]) => httpChunk(frame(type, payload)))
  const upstream = await rawServer((socket) =>
    socket.end(Buffer.concat([Buffer.from(streamResponseHead), ...bytes, httpChunk(new Uint8Array())])),
  )
  const chain = startChain({ endpointUrl: upstream.url })
  const events = await readEvents(await chain.post(request({ stream: true })))
  return { events, records: chain.records }
}

const whole = async (answer: object) => {
  const body = JSON.stringify(answer)
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
  const upstream = await rawServer((socket) => socket.end(head + body))
  const chain = startChain({ endpointUrl: upstream.url })
  const response = await chain.post(request())
  return { status: response.status, reply: (await response.json()) as Record<string, unknown>, records: chain.records }
}

describe('a response with members of the wrong type', () => {
  const deltas: [string, object, string][] = [
    ['text', { text: 7 }, 'delta.text'],
    ['delta', [1], 'delta'],
    ['reasoning', { reasoningContent: 'x' }, 'delta.reasoningContent'],
    ['citation', { citation: { sourceContent: {} } }, 'delta.citation.sourceContent'],
  ]
  test.each(deltas)(
    '3.2 ends a stream in an error that names the place, not in one of our own: %s',
    async (_, delta, place) => {
      const { events, records } = await streamed(
        ['messageStart', { role: 'assistant' }],
        ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'x' } }],
        ['contentBlockDelta', { contentBlockIndex: 0, delta }],
      )
      expect(events.at(-1)).toMatchObject({
        type: 'error',
        error: {
          type: 'api_error',
          message: `AI Nexus sent an invalid response, at contentBlockDelta.${place}.`,
        },
      })
      expect(records.filter(({ event }) => event === 'internal_error')).toEqual([])
    },
  )

  test('3.1 is a 502 that names the path, not an internal error', async () => {
    const content = [{ text: 'x' }, { toolUse: { toolUseId: 7, name: 'Bash' } }]
    const { status, reply, records } = await whole({ output: { message: { content } }, stopReason: 'end_turn', usage })
    expect([status, reply['error']]).toEqual([
      502,
      {
        type: 'api_error',
        message: 'AI Nexus sent an invalid response, at output.message.content.1.toolUse.toolUseId.',
      },
    ])
    expect(records.filter(({ event }) => event === 'internal_error')).toEqual([])
  })

  test('3.1 is refused if it is nested too deeply to be encoded again', async () => {
    let input: object = {}
    for (let depth = 0; depth < 5_000; depth += 1) input = { a: input }
    const content = [{ toolUse: { toolUseId: 't', name: 'Bash', input } }]
    const { status, reply, records } = await whole({ output: { message: { content } }, stopReason: 'tool_use', usage })
    expect([status, reply['error']]).toEqual([
      502,
      { type: 'api_error', message: 'AI Nexus sent a response that is nested more than 500 levels deep.' },
    ])
    expect(records.filter(({ event }) => event === 'internal_error')).toEqual([])
  })

  test('3.1 is still a response if only its figures are invalid: they count as 0', async () => {
    const odd = { inputTokens: '7', outputTokens: -1, cacheReadInputTokens: 1.5, cacheDetails: { ttl: '5m' } }
    const { status, reply } = await whole({ output: { message: { content: [{ text: 'x' }] } }, usage: odd })
    expect([status, reply['usage']]).toMatchObject([
      200,
      { input_tokens: 0, output_tokens: 0, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
    ])
  })

  test('3.1 treats null as absent, except in the text of the model', async () => {
    const toolUse = { toolUseId: 't', name: 'Bash', type: null, input: { a: null } }
    const content = [null, { text: null, reasoningContent: null, toolUse }]
    const { reply } = await whole({ output: { message: { content } }, stopReason: null, usage: null })
    expect(reply['content']).toEqual([
      { type: 'tool_use', id: 't', name: 'Bash', input: { a: null }, caller: { type: 'direct' } },
    ])
  })
})
