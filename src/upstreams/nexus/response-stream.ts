import type { MessageEvents } from '../../translate/converse-to-anthropic/events.ts'
import type { EventBatch } from '../../wire/anthropic/events.ts'
import type { ConverseStreamEvent } from '../../wire/converse/events.ts'
import { ended } from '../http/response-body.ts'
import type { ConverseReader } from './frames.ts'

interface ResponseStreamOptions {
  readonly chunks: AsyncIterator<Uint8Array>
  readonly reader: ConverseReader
  readonly events: MessageEvents
  /** Hears each event before it is translated. */
  readonly onEvent: (event: ConverseStreamEvent) => void
}

/**
 * An answer's bytes as Anthropic's events: one batch for each chunk that completed any. One object with one
 * asynchronous step for each chunk: as five generators, one behind the other, the same cost twice as much for an
 * event that comes alone. Ends after `message_stop`, or throws GatewayError, after handing on what came before.
 */
export class ResponseStream implements AsyncIterableIterator<EventBatch> {
  readonly #options: ResponseStreamOptions
  /** A batch that was read before anybody asked for it. */
  #first: EventBatch | undefined
  /** What is to be thrown once everything in front of it has been handed on. */
  #fault: { readonly error: unknown } | undefined
  #isOver = false
  readonly #accept: (event: ConverseStreamEvent) => void

  private constructor(options: ResponseStreamOptions) {
    this.#options = options
    const { events, onEvent } = options
    this.#accept = (event) => {
      onEvent(event)
      events.accept(event)
    }
  }

  /** Resolves once the first events are in hand. Rejects with what comes in their place. */
  static async begin(options: ResponseStreamOptions): Promise<ResponseStream> {
    const stream = new ResponseStream(options)
    const { done, value } = await stream.next()
    stream.#first = done === true ? [] : value
    return stream
  }

  async next(): Promise<IteratorResult<EventBatch, undefined>> {
    if (this.#first !== undefined) {
      const value = this.#first
      this.#first = undefined
      return { done: false, value }
    }
    if (this.#fault !== undefined) {
      const { error } = this.#fault
      this.#fault = undefined
      throw error
    }
    while (!this.#isOver) {
      try {
        const { done, value } = await this.#options.chunks.next()
        if (done === true) this.#end()
        else this.#read(value)
      } catch (error) {
        this.#break(error)
      }
      const batch = this.#options.events.take()
      if (batch.length > 0) return { done: false, value: batch }
    }
    return this.#fault === undefined ? ended : this.next()
  }

  /** Whoever leaves hears nothing more, not even of what had been read already. */
  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#first = undefined
    this.#fault = undefined
    this.#over()
    return ended
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #read(chunk: Uint8Array): void {
    this.#options.reader.read(chunk, this.#accept)
    if (this.#options.events.isFinished) this.#over()
  }

  #end(): void {
    this.#options.reader.end()
    this.#options.events.end()
    this.#over()
  }

  #break(error: unknown): void {
    // Whoever has left ended the call, and need not be told.
    if (this.#isOver) return
    this.#over()
    try {
      this.#options.events.end({ error })
    } catch (fault) {
      this.#fault = { error: fault }
    }
  }

  /** What is left of the bytes is nobody's concern. */
  #over(): void {
    if (this.#isOver) return
    this.#isOver = true
    void this.#options.chunks.return?.()
  }
}
