import type { EventBatch, Stop } from '../../wire/anthropic/events.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import { CallEvents, wholeBlockEvents } from './call-events.ts'
import { ping, type Sleep, withPings } from './pings.ts'
import type { EndedCall, SearchLoop } from './search-loop.ts'

interface SearchStreamOptions {
  readonly loop: SearchLoop
  /** Begins a call of the model, like `Upstream.stream`. */
  readonly begin: (request: MessagesRequest) => Promise<AsyncIterable<EventBatch>>
  readonly signal: AbortSignal
  readonly sleep: Sleep
}

const endEvents = (loop: SearchLoop, stop: Stop, { usage }: EndedCall): EventBatch => [
  { type: 'message_delta', delta: stop, usage: loop.sum(usage), context_management: null },
  { type: 'message_stop' },
]

async function* clientEvents(batches: AsyncIterable<EventBatch>, call: CallEvents): AsyncGenerator<EventBatch> {
  for await (const batch of batches) {
    const events = call.read(batch)
    if (events.length > 0) yield events
  }
}

/** The start of a later call is no event for the client, and a model may think for long after it. */
async function* withPingsBefore(events: AsyncGenerator<EventBatch>, sleep: Sleep): AsyncGenerator<EventBatch> {
  try {
    const first = yield* withPings(events.next(), sleep)
    if (first.done !== true) yield first.value
    yield* events
  } finally {
    await events.return(undefined)
  }
}

/**
 * The stream of the whole answer, from that of its first call. Pings fill the time from the end of a call to the next
 * event (WS-23).
 */
export async function* searchStream(
  first: AsyncIterable<EventBatch>,
  { loop, begin, signal, sleep }: SearchStreamOptions,
): AsyncGenerator<EventBatch> {
  let [batches, index] = [first, 0]
  for (;;) {
    const call = new CallEvents(loop, index)
    yield* withPingsBefore(clientEvents(batches, call), sleep)
    const ended = call.ended()
    if (loop.wantsSearch(ended)) yield ping
    const { results, ...next } = yield* withPings(loop.after(ended, signal), sleep)
    index += ended.content.length
    if (results.length > 0) yield results.flatMap((result, each) => wholeBlockEvents(result, index + each))
    index += results.length
    if (next.stop !== undefined) {
      yield endEvents(loop, next.stop, ended)
      return
    }
    batches = yield* withPings(begin(next.request), sleep)
  }
}
