import { describe, expect, test } from 'bun:test'
import { GatewayError } from '../../../src/base/errors.ts'
import { readEvents } from '../../../src/upstreams/anthropic/response-events.ts'
import type { MessageStreamEvent } from '../../../src/wire/anthropic/events.ts'

const start = { type: 'message_start', message: { id: 'msg_1', content: [], usage: { input_tokens: 3 } } }
const blockStart = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }
const delta = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'é 🎉' } }
const blockStop = { type: 'content_block_stop', index: 0 }
const end = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } }
const stop = { type: 'message_stop' }
const whole = [start, blockStart, delta, blockStop, end, stop]

const encode = (events: readonly object[]): Buffer =>
  Buffer.from(
    events.map((event) => `event: ${'type' in event ? event.type : ''}\ndata: ${JSON.stringify(event)}\n\n`).join(''),
  )

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size)
}

interface Read {
  readonly events: MessageStreamEvent[]
  readonly error: unknown
  /** Whether the error came before any event. */
  readonly isRejected: boolean
}

const read = async (bytes: Buffer, size = bytes.byteLength): Promise<Read> => {
  const events: MessageStreamEvent[] = []
  let isRejected = true
  try {
    const stream = await readEvents(inChunks(bytes, Math.max(size, 1)))
    isRejected = false
    for await (const batch of stream) events.push(...batch)
    return { events, error: undefined, isRejected }
  } catch (error) {
    return { events, error, isRejected }
  }
}

const typesIn = ({ events }: Read): string[] => events.map(({ type }) => type)

describe('the events of a stream (AU-N14)', () => {
  test('are the same, however the bytes are cut into chunks', async () => {
    const { events } = await read(encode(whole))
    expect(events.map(({ type }) => type)).toEqual(whole.map(({ type }) => type) as never)
    for (let size = 1; size < 64; size += 1) expect((await read(encode(whole), size)).events).toEqual(events)
  })

  test('end with message_stop or an error at every byte at which the stream is cut', async () => {
    const bytes = encode(whole)
    const lastByte = bytes.byteLength
    for (let cut = 0; cut < lastByte; cut += 1) {
      const result = await read(bytes.subarray(0, cut))
      expect(result.error).toBeInstanceOf(GatewayError)
      expect(result.error).toMatchObject({ type: 'api_error', status: 502 })
      expect(typesIn(result)).not.toContain('message_stop')
    }
    expect((await read(bytes)).error).toBeUndefined()
  })

  test('that this program does not know stay, and so do blocks and members', async () => {
    const later = { type: '__proto__', data: { n: 1 } }
    const block = { type: 'content_block_start', index: 0, content_block: { type: 'later_block', any: [1] }, more: 2 }
    const odd = { type: 'content_block_delta', index: 0, delta: { type: 'later_delta', any: null } }
    const { events, error } = await read(encode([later, start, block, odd, later, blockStop, end, stop]))
    expect(error).toBeUndefined()
    expect(JSON.parse(JSON.stringify([events[0], events[2], events[3], events[4]]))).toEqual([later, block, odd, later])
  })

  test("keep the digits of a tool's numbers", async () => {
    const block =
      '{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"T","input":{"n":1.0}}}'
    const { events } = await read(Buffer.concat([encode([start]), Buffer.from(`data: ${block}\n\n`), encode([stop])]))
    expect(JSON.stringify(events[1])).toBe(block)
  })

  test('before the start of the message are not sent until it has begun', async () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    const early = await read(encode([{ type: 'ping' }, error]))
    expect([early.isRejected, early.error]).toMatchObject([true, { type: 'overloaded_error', status: 529 }])
    const late = await read(encode([start, blockStart, delta, error]))
    expect(typesIn(late)).toEqual(['message_start', 'content_block_start', 'content_block_delta'])
    expect([late.isRejected, late.error]).toMatchObject([false, { message: 'Overloaded' }])
  })

  test('after message_stop are not read', async () => {
    const { events, error } = await read(encode([...whole, delta, { type: 'error' }]))
    expect([error, events.at(-1)]).toEqual([undefined, stop as MessageStreamEvent])
  })

  test('that begin in the middle of a message are an error', async () => {
    for (const events of [[stop], [delta, stop], [{ type: 'ping' }, end, stop]])
      expect((await read(encode(events))).error).toMatchObject({ type: 'api_error', status: 502 })
  })

  test.each([
    ['no JSON', 'data: {"type":\n\n'],
    ['a list', 'data: []\n\n'],
    ['no type', 'data: {}\n\n'],
    ['a delta without an index', 'data: {"type":"content_block_delta","delta":{}}\n\n'],
    ['a block that is a text', 'data: {"type":"content_block_start","index":0,"content_block":"x"}\n\n'],
    ['an end without a reason', 'data: {"type":"message_delta","usage":{}}\n\n'],
    ['a second start without a message', 'data: {"type":"message_start"}\n\n'],
  ])('with a broken one end with an error: %s', async (_name, text) => {
    const result = await read(Buffer.concat([encode([start]), Buffer.from(text), encode([stop])]))
    expect(result.error).toMatchObject({ type: 'api_error', status: 502, isLoggable: true })
    expect(typesIn(result)).toEqual(['message_start'])
  })
})
