import type { GatewayError } from '../../base/errors.ts'
import { parseExactAt } from '../../base/exact-json.ts'
import { isObject, type Json, parseObject } from '../../base/json.ts'
import { createSseDecoder, type SseEvent } from '../../codec/sse/decode.ts'
import { noUsage } from '../../messages/usage.ts'
import { carriedInEvent } from '../../wire/anthropic/carried.ts'
import type { EventBatch, MessageStreamEvent } from '../../wire/anthropic/events.ts'
import type { Usage } from '../../wire/anthropic/response.ts'
import { TranslatedStream } from '../translated-stream.ts'
import { toCompleteMessage, toEndUsage } from './complete-message.ts'
import { badAnswer, toStreamError } from './error-answers.ts'

const broken = (detail: string): GatewayError => badAnswer(`The upstream's stream broke: ${detail}.`)

/** Only the start of a block may have a tool's numbers. Deltas carry text. */
const parseData = (data: string): Json | undefined =>
  parseObject(data, data.includes('"content_block"') ? (text) => parseExactAt(text, carriedInEvent) : JSON.parse)

/** What an event must have, because readers rely on it. */
const areMembersValid = new Map<string, (event: Json) => boolean>([
  ['message_start', ({ message }) => isObject(message)],
  ['content_block_start', ({ index, content_block: block }) => Number.isInteger(index) && isObject(block)],
  ['content_block_delta', ({ index, delta }) => Number.isInteger(index) && isObject(delta)],
  ['content_block_stop', ({ index }) => Number.isInteger(index)],
  ['message_delta', ({ delta }) => isObject(delta)],
  ['message_stop', () => true],
])

/**
 * Collects the events of a response. Events, blocks and members that this program does not know stay, also where the
 * types do not name them: an entrance that translates them decides.
 */
class ResponseEvents {
  #batch: MessageStreamEvent[] = []
  #usage: Usage = noUsage
  #hasBegun = false
  isFinished = false

  /** Throws GatewayError for an error event, and for an event that is not one. */
  accept({ data }: SseEvent): void {
    if (this.isFinished) return
    const event = parseData(data)
    if (event === undefined || typeof event['type'] !== 'string') throw broken('an event is not a JSON object')
    if (event['type'] === 'error') throw toStreamError(event)
    this.#check(event['type'], event)
    this.#batch.push(this.#completed(event))
    this.isFinished = event['type'] === 'message_stop'
  }

  /** Nothing before the start of the message: until then, a failure is a status. */
  take(): EventBatch {
    if (!this.#hasBegun) return []
    const batch = this.#batch
    this.#batch = []
    return batch
  }

  /** Throws GatewayError if the response is not complete. */
  end(fault?: { readonly error: unknown }): void {
    if (this.isFinished) return
    throw fault === undefined ? broken('it ended before the message did') : fault.error
  }

  #check(type: string, event: Json): void {
    const isValid = areMembersValid.get(type)
    if (isValid?.(event) === false) throw broken(`an event of type ${type} lacks a member`)
    this.#hasBegun ||= type === 'message_start'
    if (isValid !== undefined && !this.#hasBegun) throw broken('it began in the middle of a message')
  }

  #completed(event: Json): MessageStreamEvent {
    if (event['type'] === 'message_start') {
      const message = toCompleteMessage(event['message'] as Json)
      this.#usage = message.usage
      return { ...event, type: 'message_start', message }
    }
    if (event['type'] !== 'message_delta') return event as unknown as MessageStreamEvent
    const stop = {
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      container: null,
      ...(event['delta'] as Json),
    }
    const usage = toEndUsage(this.#usage, event['usage'])
    return { context_management: null, ...event, delta: stop, usage } as unknown as MessageStreamEvent
  }
}

/** Reads the events of a stream. Resolves when the message has begun; ends after `message_stop`, or throws. */
export const readEvents = (chunks: AsyncIterator<Uint8Array>): Promise<TranslatedStream> => {
  const events = new ResponseEvents()
  const decoder = createSseDecoder()
  return TranslatedStream.begin({
    chunks,
    events,
    read: (chunk) => decoder.push(chunk, (event) => events.accept(event)),
    // An event without its blank line is incomplete.
    readEnd() {},
  })
}
