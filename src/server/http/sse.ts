import { GatewayError, toGatewayError } from '../../base/errors.ts'
import { encodeSse } from '../../codec/sse/encode.ts'
import type { StreamEnd } from '../../gateway/observers/access-log.ts'
import type { MessageStreamEvent } from '../../wire/anthropic/events.ts'
import { eventText } from '../entrances/anthropic/event-text.ts'
import { errorBody } from './errors.ts'

type Batch = readonly MessageStreamEvent[]

export interface SseOptions {
  /** To be sent beside those of every stream. */
  readonly headers?: Readonly<Record<string, string>>
  /** For the `error` event. */
  readonly requestId: string
  /** Milliseconds of silence after which a `ping` is sent, so that nobody on the way gives up. */
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
const ping = utf8.encode(encodeSse({ type: 'ping' }))

const streamHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  // Tells a proxy in between not to collect the events.
  'x-accel-buffering': 'no',
}

const asEvent = (error: GatewayError): GatewayError => new GatewayError(error.typeInStream, error.message)

const encodeBatch = (batch: Batch): Uint8Array => {
  let text = ''
  for (const event of batch) text += eventText(event)
  return utf8.encode(text)
}

/**
 * Batches of events as a streamed reply, one write for each batch, read from the upstream only as fast
 * as the client reads from us. A failure in the middle becomes one `error` event, because the status
 * has long been sent. `batches` may still be pending: then pings keep the client waiting.
 */
export const sseResponse = (
  batches: Promise<AsyncIterable<Batch>> | AsyncIterable<Batch>,
  options: SseOptions,
): Response => {
  let iterator: AsyncIterator<Batch> | undefined
  let pinger: ReturnType<typeof setInterval> | undefined
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
      const write = (bytes: Uint8Array): void => {
        lastWrite = performance.now()
        controller.enqueue(bytes)
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
          } else if (value.length > 0) {
            write(encodeBatch(value))
            return
          }
        }
      } catch (error) {
        if (isOver) return
        end()
        const failure = toGatewayError(error)
        options.onFailure(failure)
        options.onOver(failure)
        write(utf8.encode(encodeSse(errorBody(asEvent(failure), options.requestId))))
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
