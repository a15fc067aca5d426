import { createSseDecoder } from '../../codec/sse/decode.ts'
import type { MessageEvents } from '../../translate/openai-chat-to-anthropic/events.ts'
import {
  type ChatEventHandler,
  readChatEvent,
  readLastChatEvent,
} from '../../translate/openai-chat-to-anthropic/stream-event.ts'
import type { EventBatch } from '../../wire/anthropic/events.ts'
import { ended } from '../http/response-body.ts'

/** Wait for usage after the finish reason, in milliseconds (OU-S16). */
const usageWaitMs = 5000

export interface ChatStreamOptions {
  readonly chunks: AsyncIterator<Uint8Array>
  readonly events: MessageEvents
  /** Creates the error for an error body in the stream. */
  readonly toError: (body: unknown) => Error
  /** Gets the id of each chunk, which is the provider's id of the response. */
  readonly onId: (id: string) => void
  /** Resolves after this number of milliseconds, rejects when the signal aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/**
 * Translates the bytes of a streamed response to Anthropic's events: one batch for each chunk with events. Ends after
 * `message_stop`, or throws GatewayError after delivering all earlier events.
 */
export class ChatStream implements AsyncIterableIterator<EventBatch> {
  readonly #options: ChatStreamOptions
  readonly #decoder = createSseDecoder()
  readonly #handler: ChatEventHandler
  /** The first batch, which `begin` has read. */
  #first: EventBatch | undefined
  /** Thrown after all earlier events have been delivered. */
  #fault: { readonly error: unknown } | undefined
  #isOver = false
  #hasId = false
  /** Aborts the wait for usage. */
  #usageWait: AbortController | undefined

  private constructor(options: ChatStreamOptions) {
    this.#options = options
    const { events, toError, onId } = options
    this.#handler = {
      onChunk: (chunk) => {
        if (!this.#hasId && typeof chunk.id === 'string' && chunk.id !== '') {
          this.#hasId = true
          onId(chunk.id)
        }
        events.accept(chunk)
      },
      onDone: () => events.done(),
      onError: (body) => {
        throw toError(body)
      },
    }
  }

  /** Resolves when the response has content (OU-S1). Rejects with an error that comes first. */
  static async begin(options: ChatStreamOptions): Promise<ChatStream> {
    const stream = new ChatStream(options)
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
        const { done, value } = await this.#nextChunk()
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

  /** After this call, no further event or error is delivered. */
  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#first = undefined
    this.#fault = undefined
    this.#over()
    return ended
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** After a finish reason, only usage may follow. The timeout is for servers that keep the connection open. */
  #nextChunk(): Promise<IteratorResult<Uint8Array, undefined>> {
    const { chunks, events, sleep } = this.#options
    const next = chunks.next() as Promise<IteratorResult<Uint8Array, undefined>>
    if (!events.isEnding) return next
    this.#usageWait = new AbortController()
    const late = sleep(usageWaitMs, this.#usageWait.signal).then(() => ended)
    late.catch(() => {})
    return Promise.race([next, late]).finally(() => this.#usageWait?.abort())
  }

  #read(chunk: Uint8Array): void {
    this.#decoder.push(chunk, (event) => {
      if (!this.#options.events.isFinished) readChatEvent(event, this.#handler)
    })
    if (this.#options.events.isFinished) this.#over()
  }

  #end(): void {
    const last = this.#decoder.end()
    if (last !== undefined && !this.#options.events.isFinished) readLastChatEvent(last, this.#handler)
    this.#options.events.end()
    this.#over()
  }

  #break(error: unknown): void {
    // return() has ended the call.
    if (this.#isOver) return
    this.#over()
    try {
      this.#options.events.end({ error })
    } catch (fault) {
      this.#fault = { error: fault }
    }
  }

  /** Ignores the remaining bytes. */
  #over(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#usageWait?.abort()
    void this.#options.chunks.return?.()
  }
}
