import { describe, expect, test } from 'bun:test'
import { encodeFrame } from '../../../src/codec/aws-event-stream/encode.ts'
import { createConverseReader } from '../../../src/upstreams/nexus/frames.ts'
import type { ConverseStreamEvent } from '../../../src/wire/converse/events.ts'
import {
  callContext,
  countBatches,
  frame,
  httpChunk,
  nexusAt,
  smallRequest,
  streamResponseHead,
  wholeStream,
} from '../../support/nexus.ts'
import { rawServer } from '../../support/raw-server.ts'

describe('frames', () => {
  const wording = { model: 'm', maxTokens: undefined }
  const read = async (...frames: Uint8Array[]) => {
    const events: ConverseStreamEvent[] = []
    const reader = createConverseReader(wording)
    for (const httpChunk of frames) reader.read(httpChunk, (event) => events.push(event))
    reader.end()
    return events
  }

  test('wrapped in their own name are unwrapped', async () => {
    expect(
      await read(frame('contentBlockDelta', { contentBlockDelta: { contentBlockIndex: 1, delta: { text: 'x' } } })),
    ).toEqual([{ type: 'contentBlockDelta', contentBlockIndex: 1, delta: { text: 'x' } }])
  })

  test.each([
    ['', 'AI Nexus ended the stream: throttlingException'],
    ['slow down', 'slow down'],
    ['{"message":"slow down"}', 'slow down'],
  ])('that report an exception are known by its name: %p', async (payload, message) => {
    const exception = encodeFrame(
      { ':message-type': 'exception', ':exception-type': 'throttlingException' },
      new TextEncoder().encode(payload),
    )
    await expect(read(exception)).rejects.toMatchObject({ type: 'rate_limit_error', message })
  })

  test('that report an error are one', async () => {
    const error = encodeFrame(
      { ':message-type': 'error', ':error-code': 'internalServerException', ':error-message': 'broken' },
      new Uint8Array(),
    )
    await expect(read(error)).rejects.toMatchObject({ type: 'api_error', message: 'broken' })
  })

  test('with a payload other than an object are corrupt, and the payload is not quoted', async () => {
    const odd = encodeFrame(
      { ':message-type': 'event', ':event-type': 'messageStart' },
      new TextEncoder().encode('"canary"'),
    )
    await expect(read(odd)).rejects.toThrow(/payload of a messageStart frame is not a JSON object/)
  })

  test('3.2 unknown event: unknown ones are logged once', async () => {
    const server = await rawServer((socket) => {
      socket.write(streamResponseHead)
      socket.write(httpChunk(Buffer.concat([frame('novelty', {}), frame('novelty', {}), wholeStream])))
      socket.write('0\r\n\r\n')
    })
    const { nexus, records } = nexusAt(server.url)
    await countBatches(nexus, callContext(new AbortController().signal))
    expect(
      records.filter(({ event }) => event === 'upstream.unknown_event').map(({ fields }) => fields['name']),
    ).toEqual(['novelty'])
  })

  test('a connection that breaks after the model has stopped does not change the response', async () => {
    const server = await rawServer((socket) => {
      socket.write(streamResponseHead)
      socket.write(
        httpChunk(
          Buffer.concat([
            frame('messageStart', {}),
            frame('contentBlockDelta', { delta: { text: 'x' } }),
            frame('messageStop', { stopReason: 'end_turn' }),
          ]),
        ),
      )
    })
    const batches = await nexusAt(server.url).nexus.stream(smallRequest, callContext(new AbortController().signal))
    // What was sent in one chunk has been read: a reset no longer takes it out of the socket.
    server.sockets[0]?.resetAndDestroy()
    let last: unknown
    for await (const batch of batches) last = batch.at(-1)
    expect(last).toEqual({ type: 'message_stop' })
  })
})
