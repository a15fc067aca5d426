import type { NewId } from '../../src/base/ids.ts'
import { MessageEvents } from '../../src/translate/converse-to-anthropic/events.ts'
import type { ResponseContext } from '../../src/translate/converse-to-anthropic/response-context.ts'
import { createConverseReader } from '../../src/upstreams/nexus/frames.ts'
import { beginResponseStream } from '../../src/upstreams/nexus/response-stream.ts'
import type { EventBatch } from '../../src/wire/anthropic/events.ts'
import type { ConverseStreamEvent } from '../../src/wire/converse/events.ts'
import { frame } from './nexus.ts'

/** The event batches of a response's bytes. */
export async function* batchesOfBytes(
  chunks: AsyncIterable<Uint8Array>,
  reply: ResponseContext,
  newId: NewId,
): AsyncGenerator<EventBatch> {
  yield* await beginResponseStream({
    chunks: chunks[Symbol.asyncIterator](),
    reader: createConverseReader({ model: 'm', maxTokens: 1 }),
    events: new MessageEvents(reply, newId),
    onEvent() {},
  })
}

const frameOf = (event: ConverseStreamEvent): Uint8Array => {
  if (event.type === 'unknown') return frame(event.name, {})
  const { type, ...payload } = event
  return frame(type, payload)
}

/** The event batches of Converse events. The events of each list arrive in one chunk. */
export async function* batchesOf(
  batches: Iterable<readonly ConverseStreamEvent[]>,
  reply: ResponseContext,
  newId: NewId,
  failure?: Error,
): AsyncGenerator<EventBatch> {
  async function* chunks() {
    for (const batch of batches) yield Buffer.concat(batch.map(frameOf))
    if (failure !== undefined) throw failure
  }
  yield* batchesOfBytes(chunks(), reply, newId)
}
