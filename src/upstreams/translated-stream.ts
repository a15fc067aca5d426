import type { EventBatch } from '../wire/anthropic/events.ts'
import { ended } from './http/response-body.ts'

interface TranslatedStreamOptions {
  readonly chunks: AsyncIterator<Uint8Array>
  /** The translation, which collects the events. `end` throws GatewayError if the response is not complete. */
  readonly events: {
    readonly isFinished: boolean
    take(): EventBatch
    end(fault?: { readonly error: unknown }): void
  }
  /** Passes a chunk's bytes to the translation. */
  readonly read: (chunk: Uint8Array) => void
  /** Passes on the bytes that `read` still holds. Throws if they are incomplete. */
  readonly readEnd: () => void
}

type Result = IteratorResult<EventBatch, undefined>

/**
 * Translates a response's bytes to Anthropic's events: one batch for each chunk that completes any. One object with one
 * asynchronous step per chunk: a chain of five generators costs twice as much for a single event. Ends after
 * `message_stop`, or throws GatewayError after the last events.
 */
export class TranslatedStream implements AsyncIterableIterator<EventBatch> {
  readonly #options: TranslatedStreamOptions
  /** The first batch, read by `begin`. */
  #first: EventBatch | undefined
  /** The error to throw after the last batch. */
  #fault: { readonly error: unknown } | undefined
  #isOver = false

  private constructor(options: TranslatedStreamOptions) {
    this.#options = options
  }

  /** Resolves when the first events have arrived. Rejects if an error arrives first. */
  static async begin(options: TranslatedStreamOptions): Promise<TranslatedStream> {
    const stream = new TranslatedStream(options)
    const { done, value } = await stream.next()
    stream.#first = done === true ? [] : value
    return stream
  }

  next(): Promise<Result> {
    if (this.#first !== undefined) {
      const value = this.#first
      this.#first = undefined
      return Promise.resolve({ done: false, value })
    }
    if (this.#fault !== undefined) {
      const { error } = this.#fault
      this.#fault = undefined
      return Promise.reject(error)
    }
    if (this.#isOver) return Promise.resolve(ended)
    // Half the cost of an async function; this runs for every chunk.
    return this.#options.chunks.next().then(this.#onChunk, this.#onFault)
  }

  /** After return() no further event or error is delivered. */
  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#first = undefined
    this.#fault = undefined
    this.#over()
    return ended
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  readonly #onChunk = ({ done, value }: IteratorResult<Uint8Array>): Result | Promise<Result> => {
    // After return(), no more events.
    if (this.#isOver) return ended
    try {
      if (done === true) this.#end()
      else this.#read(value)
    } catch (error) {
      this.#break(error)
    }
    return this.#taken()
  }

  readonly #onFault = (error: unknown): Result | Promise<Result> => {
    this.#break(error)
    return this.#taken()
  }

  /** The events so far; without any, those of the next chunk. */
  #taken(): Result | Promise<Result> {
    const value = this.#options.events.take()
    return value.length > 0 ? { done: false, value } : this.next()
  }

  #read(chunk: Uint8Array): void {
    this.#options.read(chunk)
    if (this.#options.events.isFinished) this.#over()
  }

  #end(): void {
    this.#options.readEnd()
    this.#options.events.end()
    this.#over()
  }

  #break(error: unknown): void {
    // After return(), the call's failure is expected.
    if (this.#isOver) return
    this.#over()
    try {
      this.#options.events.end({ error })
    } catch (fault) {
      this.#fault = { error: fault }
    }
  }

  /** Ends the call. The remaining bytes are not needed. */
  #over(): void {
    if (this.#isOver) return
    this.#isOver = true
    void this.#options.chunks.return?.()
  }
}
