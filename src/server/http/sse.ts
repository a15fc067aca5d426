import { type GatewayError, toGatewayError } from '../../base/errors.ts'
import type { StreamEnd } from '../../gateway/running-requests.ts'
import type { EventBatch } from '../../wire/anthropic/events.ts'
import type { StreamWriter } from './entrance.ts'

export interface SseOptions {
  /** Sent in addition to the headers of every stream. */
  readonly headers?: Readonly<Record<string, string>>
  /** Writes the events as text, in the client's protocol. */
  readonly writer: StreamWriter
  /** Milliseconds of silence before a ping, so that neither the client nor a proxy times out. */
  readonly pingMs: number
  /** The client has disconnected: the upstream's call must end. */
  readonly onCancel: () => void
  /** The stream has ended in any way: nothing more is read or written. */
  readonly onEnd: () => void
  /** Called with a failure that becomes an `error` event. */
  readonly onFailure: (error: GatewayError) => void
  /** Called last, with the end of the stream. */
  readonly onOver: (end: StreamEnd) => void
}

/** Checks per period of silence: a ping is late by a quarter of the period at most. */
const looksPerSilence = 4

const utf8 = new TextEncoder()

const streamHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  // Tells a proxy in between not to collect the events.
  'x-accel-buffering': 'no',
}

/**
 * Streams batches of events, one write for each batch. Reads the upstream only as fast as the client reads. A failure
 * in the middle becomes the writer's error, because the status has been sent. `batches` may be pending: then pings keep
 * the client waiting.
 */
export const sseResponse = (
  batches: Promise<AsyncIterable<EventBatch>> | AsyncIterable<EventBatch>,
  options: SseOptions,
): Response => {
  let iterator: AsyncIterator<EventBatch> | undefined
  let pinger: ReturnType<typeof setInterval> | undefined
  const { writer } = options
  let lastWrite = performance.now()
  let isOver = false

  const end = (): void => {
    isOver = true
    clearInterval(pinger)
    options.onEnd()
  }

  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      // The head of a response is sent with its first byte.
      if (batches instanceof Promise) controller.enqueue(utf8.encode(writer.opening()))
      pinger = setInterval(() => {
        const isWanted = (controller.desiredSize ?? 0) > 0
        if (!isWanted || performance.now() - lastWrite < options.pingMs) return
        lastWrite = performance.now()
        controller.enqueue(utf8.encode(writer.ping()))
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
        // A reader may stop after the last event: the iterator knows whether it was the last.
        await iterator?.return?.()
      } finally {
        options.onOver('left')
      }
    },
  })
  return new Response(body, { headers: { ...options.headers, ...streamHeaders } })
}
