import { createSseDecoder, type SseEvent } from '../../codec/sse/decode.ts'
import type { MessageEvents } from '../../translate/openai-chat-to-anthropic/events.ts'
import {
  type ChatEventHandler,
  readChatEvent,
  readLastChatEvent,
} from '../../translate/openai-chat-to-anthropic/stream-event.ts'
import { ended } from '../http/response-body.ts'
import { TranslatedStream } from '../translated-stream.ts'

/** Wait for usage after the finish reason, in milliseconds (OU-S16). */
const usageWaitMs = 5000

interface ChatStreamOptions {
  readonly chunks: AsyncIterator<Uint8Array>
  readonly events: MessageEvents
  /** Creates the error for an error body in the stream. */
  readonly toError: (body: unknown) => Error
  /** Gets the id of each chunk, which is the provider's id of the response. */
  readonly onId: (id: string) => void
  /** Resolves after this number of milliseconds, rejects when the signal aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/** After a finish reason, only usage may follow. The timeout is for servers that keep the connection open. */
const withUsageTimeout = ({ chunks, events, sleep }: ChatStreamOptions): AsyncIterator<Uint8Array> => {
  let wait: AbortController | undefined
  return {
    next() {
      if (!events.isEnding) return chunks.next()
      wait = new AbortController()
      const late = sleep(usageWaitMs, wait.signal).then(() => ended)
      late.catch(() => {})
      return Promise.race([chunks.next(), late]).finally(() => wait?.abort())
    },
    async return() {
      wait?.abort()
      await chunks.return?.()
      return ended
    },
  }
}

const createHandler = ({ events, toError, onId }: ChatStreamOptions): ChatEventHandler => {
  let hasId = false
  return {
    onChunk(chunk) {
      if (!hasId && typeof chunk.id === 'string' && chunk.id !== '') {
        hasId = true
        onId(chunk.id)
      }
      events.accept(chunk)
    },
    onDone: () => events.done(),
    onError(body) {
      throw toError(body)
    },
  }
}

/** Begins the translation of a stream's events. Resolves when the response has content (OU-S1). */
export const beginChatStream = (options: ChatStreamOptions): Promise<TranslatedStream> => {
  const { events } = options
  const decoder = createSseDecoder()
  const handler = createHandler(options)
  const onEvent = (event: SseEvent): void => {
    if (!events.isFinished) readChatEvent(event, handler)
  }
  return TranslatedStream.begin({
    chunks: withUsageTimeout(options),
    events,
    read: (chunk) => decoder.push(chunk, onEvent),
    readEnd() {
      const last = decoder.end()
      if (last !== undefined && !events.isFinished) readLastChatEvent(last, handler)
    },
  })
}
