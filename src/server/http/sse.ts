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

type Batches = AsyncIterable<EventBatch>
type Controller = ReadableStreamDefaultController<Uint8Array>

/**
 * The source of a stream's bytes: one write for each batch. Without async functions, which cost twice as much, because it
 * runs for every event that an upstream sends alone.
 */
class SseSource {
  readonly #batches: Promise<Batches> | Batches
  readonly #options: SseOptions
  #controller: Controller | undefined
  #iterator: AsyncIterator<EventBatch> | undefined
  #pinger: ReturnType<typeof setInterval> | undefined
  #lastWrite = performance.now()
  #isOver = false

  constructor(batches: Promise<Batches> | Batches, options: SseOptions) {
    this.#batches = batches
    this.#options = options
    if (!(batches instanceof Promise)) this.#iterator = batches[Symbol.asyncIterator]()
  }

  start(controller: Controller): void {
    const { writer, pingMs } = this.#options
    this.#controller = controller
    // The head of a response is sent with its first byte.
    if (this.#batches instanceof Promise) controller.enqueue(utf8.encode(writer.opening()))
    this.#pinger = setInterval(() => {
      const isWanted = (controller.desiredSize ?? 0) > 0
      if (isWanted && performance.now() - this.#lastWrite >= pingMs) this.#write(writer.ping())
    }, pingMs / looksPerSilence)
  }

  /** A pull that ends without a write is not called again: it ends with one, or with the stream. */
  pull(): Promise<void> | undefined {
    if (this.#isOver) return undefined
    if (this.#iterator !== undefined) return this.#iterator.next().then(this.#onBatch, this.#onFault)
    return Promise.resolve(this.#batches).then(this.#onBegun, this.#onFault)
  }

  async cancel(): Promise<void> {
    this.#end()
    this.#options.onCancel()
    try {
      // A reader may stop after the last event: the iterator knows whether it was the last.
      await this.#iterator?.return?.()
    } finally {
      this.#options.onOver('left')
    }
  }

  readonly #onBegun = (batches: Batches): Promise<void> | undefined => {
    this.#iterator = batches[Symbol.asyncIterator]()
    return this.pull()
  }

  readonly #onBatch = ({ done, value }: IteratorResult<EventBatch>): Promise<void> | undefined => {
    if (this.#isOver) return undefined
    try {
      if (done === true) {
        this.#end()
        this.#options.onOver('whole')
        this.#controller?.close()
        return undefined
      }
      const text = this.#options.writer.batch(value)
      if (text === '') return this.pull()
      this.#write(text)
    } catch (error) {
      this.#onFault(error)
    }
    return undefined
  }

  readonly #onFault = (error: unknown): void => {
    if (this.#isOver) return
    this.#end()
    const failure = toGatewayError(error)
    this.#options.onFailure(failure)
    this.#options.onOver(failure)
    this.#write(this.#options.writer.error(failure))
    this.#controller?.close()
  }

  #write(text: string): void {
    this.#lastWrite = performance.now()
    this.#controller?.enqueue(utf8.encode(text))
  }

  #end(): void {
    this.#isOver = true
    clearInterval(this.#pinger)
    this.#options.onEnd()
  }
}

/**
 * Streams batches of events, one write for each batch. Reads the upstream only as fast as the client reads. A failure
 * in the middle becomes the writer's error, because the status has been sent. `batches` may be pending: then pings keep
 * the client waiting.
 */
export const sseResponse = (batches: Promise<Batches> | Batches, options: SseOptions): Response =>
  new Response(new ReadableStream(new SseSource(batches, options)), {
    headers: { ...options.headers, ...streamHeaders },
  })
