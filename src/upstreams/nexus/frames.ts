import { isObject, type Json } from '../../base/json.ts'
import { createEventStreamDecoder } from '../../codec/aws-event-stream/decode.ts'
import { corruptStream, type Frame } from '../../codec/aws-event-stream/frame.ts'
import type { ConverseStreamEvent } from '../../wire/converse/events.ts'
import { checkEvent, withoutNulls } from './answer-check.ts'
import { toStreamError } from './errors.ts'
import type { WordingContext } from './wording.ts'

const utf8 = new TextDecoder()

const header = (frame: Frame, name: string): string => {
  const value = frame.headers.get(name)
  return typeof value === 'string' ? value : ''
}

const readJson = (frame: Frame): Json => {
  const text = utf8.decode(frame.payload)
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return withoutNulls(value, text) as Json
  } catch {
    // Named below: the payload itself may hold an answer's words, and stays out of the message.
  }
  throw corruptStream(`the payload of a ${header(frame, ':event-type') || 'nameless'} frame is not a JSON object`)
}

const knownEvents: ReadonlySet<string> = new Set([
  'messageStart',
  'contentBlockStart',
  'contentBlockDelta',
  'contentBlockStop',
  'messageStop',
  'metadata',
] satisfies ConverseStreamEvent['type'][])

/** The payload is the event itself; some gateways wrap it in its own name. */
const unwrapped = (payload: Json, name: string): Json => {
  const inner = payload[name]
  return isObject(inner) ? inner : payload
}

const toEvent = (frame: Frame): ConverseStreamEvent => {
  const name = header(frame, ':event-type')
  if (!knownEvents.has(name)) return { type: 'unknown', name }
  const payload = unwrapped(readJson(frame), name)
  checkEvent(name, payload)
  return { ...payload, type: name } as ConverseStreamEvent
}

/** What an exception says of itself: its name alone is enough to act on. */
const readException = (frame: Frame): Json => {
  try {
    return readJson(frame)
  } catch {
    return { message: utf8.decode(frame.payload) }
  }
}

/** What a frame says. Throws GatewayError for one that reports a failure. */
const readFrame = (frame: Frame, context: WordingContext): ConverseStreamEvent => {
  switch (header(frame, ':message-type')) {
    case 'exception':
      throw toStreamError(header(frame, ':exception-type'), readException(frame), context)
    case 'error':
      throw toStreamError(header(frame, ':error-code'), { message: header(frame, ':error-message') }, context)
    default:
      return toEvent(frame)
  }
}

/**
 * The events of a `/converse-stream` body, in one batch for each chunk that completed any. Throws
 * GatewayError for exceptions in the stream and for bytes that are no event stream, after handing on
 * what came before.
 */
export async function* readConverseStream(
  chunks: AsyncIterable<Uint8Array>,
  context: WordingContext,
): AsyncGenerator<ConverseStreamEvent[]> {
  const decoder = createEventStreamDecoder()
  for await (const chunk of chunks) {
    const events: ConverseStreamEvent[] = []
    let fault: { readonly error: unknown } | undefined
    try {
      decoder.push(chunk, (frame) => events.push(readFrame(frame, context)))
    } catch (error) {
      fault = { error }
    }
    if (events.length > 0) yield events
    if (fault !== undefined) throw fault.error
  }
  decoder.end()
}
