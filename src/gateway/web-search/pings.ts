import type { EventBatch } from '../../wire/anthropic/events.ts'

/** Milliseconds between pings while no event comes (WS-23). */
const pingMs = 5000

export const ping: EventBatch = [{ type: 'ping' }]

/** Resolves after this number of milliseconds, rejects when the signal aborts. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>

/** Yields a ping every 5 s until the work is done, and returns what the work resolves to. */
export async function* withPings<Result>(work: Promise<Result>, sleep: Sleep): AsyncGenerator<EventBatch, Result> {
  for (;;) {
    const waiting = new AbortController()
    const isDue = sleep(pingMs, waiting.signal).then(() => ping)
    isDue.catch(() => {})
    try {
      const first = await Promise.race([work.then((result) => ({ result })), isDue])
      if ('result' in first) return first.result
      yield first
    } finally {
      waiting.abort()
    }
  }
}
