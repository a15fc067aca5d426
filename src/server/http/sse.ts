import { type GatewayError, toGatewayError } from '../../base/errors.ts'
import type { StreamEnd } from '../../gateway/running-requests.ts'
import type { EventBatch } from '../../wire/anthropic/events.ts'
import type { StreamWriter } from './entrance.ts'

export interface SseOptions {
  /** To be sent beside those of every stream. */
  readonly headers?: Readonly<Record<string, string>>
  /** Makes text of the events, in the client's protocol. */
  readonly writer: StreamWriter
  /** Milliseconds of silence after which a ping is sent, so that nobody on the way gives up. */
  readonly pingMs: number
  /** The client has gone: the upstream's call is to end. */
  readonly onCancel: () => void
  /** Nothing more will be read or written, however it came. */
  readonly onEnd: () => void
  /** Hears of a failure that becomes an `error` event. */
  readonly onFailure: (error: GatewayError) => void
  /** Hears how it ended, after everybody else has heard. */
  readonly onOver: (end: StreamEnd) => void
}

/** How often we look for silence, in each of its periods: a ping is late by a quarter of one at most. */
const looksPerSilence = 4

const utf8 = new TextEncoder()

const streamHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  // Tells a proxy in between not to collect the events.
  'x-accel-buffering': 'no',
}

/**
 * Batches of events as a streamed reply, one write for each batch, read from the upstream only as fast
 * as the client reads from us. A failure in the middle becomes the writer's error, because the status
 * has long been sent. `batches` may still be pending: then pings keep the client waiting.
 */
export const sseResponse = (
  batches: Promise<AsyncIterable<EventBatch>> | AsyncIterable<EventBatch>,
  options: SseOptions,
): Response => {
  let iterator: AsyncIterator<EventBatch> | undefined
  let pinger: ReturnType<typeof setInterval> | undefined
  const { writer } = options
  const ping = utf8.encode(writer.ping)
  let lastWrite = performance.now()
  let isOver = false

  const end = (): void => {
    isOver = true
    clearInterval(pinger)
    options.onEnd()
  }

  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      // The head of a reply leaves with its first byte.
      if (batches instanceof Promise) controller.enqueue(ping)
      pinger = setInterval(() => {
        const isWanted = (controller.desiredSize ?? 0) > 0
        if (!isWanted || performance.now() - lastWrite < options.pingMs) return
        lastWrite = performance.now()
        controller.enqueue(ping)
      }, options.pingMs / looksPerSilence)
    },
    // A pull that returns without writing is not called again.
    async pull(controller) {
      const write = (text: string): void => {
        lastWrite = performance.now()
        controller.enqueue(utf8.encode(text))
      }
      try {
        iterator ??= (await batches)[Symbol.asyncIterator]()
        while (!isOver) {
          const { done, value } = await iterator.next()
          if (isOver) return
          if (done === true) {
            end()
            options.onOver('whole')
            controller.close()
            return
          }
          const text = writer.batch(value)
          if (text !== '') return write(text)
        }
      } catch (error) {
        if (isOver) return
        end()
        const failure = toGatewayError(error)
        options.onFailure(failure)
        options.onOver(failure)
        write(writer.error(failure))
        controller.close()
      }
    },
    async cancel() {
      end()
      options.onCancel()
      try {
        // A reader may leave after the last event: whoever made the events knows whether it was the last.
        await iterator?.return?.()
      } finally {
        options.onOver('left')
      }
    },
  })
  return new Response(body, { headers: { ...options.headers, ...streamHeaders } })
}
