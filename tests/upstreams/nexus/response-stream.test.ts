import { describe, expect, test } from 'bun:test'
import { MessageEvents } from '../../../src/translate/converse-to-anthropic/events.ts'
import { createConverseReader } from '../../../src/upstreams/nexus/frames.ts'
import { beginResponseStream } from '../../../src/upstreams/nexus/response-stream.ts'
import { frame } from '../../support/nexus.ts'
import { countingIds, responseContext } from '../../support/response-context.ts'

const messageStartFrame = frame('messageStart', { role: 'assistant' })
const corruptBytes = new Uint8Array(20)

/** A stream whose first bytes have arrived; the test delivers the next ones. */
const answer = async (first: Uint8Array) => {
  const chunks: PromiseWithResolvers<IteratorResult<Uint8Array>>[] = []
  const next = (): Promise<IteratorResult<Uint8Array>> => {
    const chunk = Promise.withResolvers<IteratorResult<Uint8Array>>()
    if (chunks.push(chunk) === 1) chunk.resolve({ done: false, value: first })
    return chunk.promise
  }
  const stream = await beginResponseStream({
    chunks: { next },
    reader: createConverseReader({ model: 'm', maxTokens: 1 }),
    events: new MessageEvents(responseContext(), countingIds()),
    onEvent() {},
  })
  return { stream, chunks }
}

const endOfIteration = { done: true, value: undefined } as const

describe('a reader gets nothing after return()', () => {
  test('of the events that were already read', async () => {
    const { stream } = await answer(messageStartFrame)
    await stream.return()
    expect(await stream.next()).toEqual(endOfIteration)
  })

  test('of the error after them', async () => {
    const { stream } = await answer(Buffer.concat([messageStartFrame, corruptBytes]))
    expect((await stream.next()).done).toBe(false)
    await stream.return()
    expect(await stream.next()).toEqual(endOfIteration)
  })

  test('of the call that ends with that', async () => {
    const { stream, chunks } = await answer(messageStartFrame)
    await stream.next()
    const pending = stream.next()
    await stream.return()
    chunks[1]?.reject(new Error('aborted'))
    expect(await pending).toEqual(endOfIteration)
    expect(await stream.next()).toEqual(endOfIteration)
  })
})
