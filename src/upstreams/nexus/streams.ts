import type { Logger } from '../../base/logger.ts'
import type { EventBatch } from '../../translate/converse-to-anthropic/events.ts'
import type { ReplyContext } from '../../translate/converse-to-anthropic/reply-context.ts'
import type { ConverseStreamEvent } from '../../wire/converse/events.ts'

/** Names each unknown event once for each stream. */
export async function* warnOfUnknown(
  batches: AsyncIterable<ConverseStreamEvent[]>,
  log: Logger,
  requestId: string,
): AsyncGenerator<ConverseStreamEvent[]> {
  const warned = new Set<string>()
  for await (const batch of batches) {
    for (const event of batch) {
      if (event.type !== 'unknown' || warned.has(event.name)) continue
      warned.add(event.name)
      log.warn('upstream.unknown_event', { requestId, name: event.name.slice(0, 64) })
    }
    yield batch
  }
}

/** What an answer holds beyond what is known is warned of once. */
export const heard = (reply: ReplyContext, log: Logger, requestId: string): ReplyContext => {
  const warned = new Set<string>()
  return {
    ...reply,
    onOddity(what) {
      if (!warned.has(what)) log.warn('upstream.oddity', { requestId, what })
      warned.add(what)
    },
  }
}

/** The batches, the first of which is already here. */
export async function* continued(first: EventBatch, rest: AsyncGenerator<EventBatch>): AsyncGenerator<EventBatch> {
  try {
    yield first
    yield* rest
  } finally {
    await rest.return(undefined)
  }
}
