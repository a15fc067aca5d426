import { attempt } from '../../base/attempt.ts'
import { isObject, type Json, parseObject } from '../../base/json.ts'
import { createEventStreamDecoder } from '../../codec/aws-event-stream/decode.ts'
import { corruptStream, type Frame } from '../../codec/aws-event-stream/frame.ts'
import type { ReadHeaders } from '../../codec/aws-event-stream/headers.ts'
import type { ConverseStreamEvent } from '../../wire/converse/events.ts'
import { toStreamError } from './errors.ts'
import { checkEvent, withoutNulls } from './response-check.ts'
import type { WordingContext } from './wording.ts'

const header = (frame: Frame, name: string): string => {
  const value = frame.headers.get(name)
  return typeof value === 'string' ? value : ''
}

const readJson = (frame: Frame): Json => {
  const text = frame.text()
  const value = attempt(() => withoutNulls(parseObject(text), text))
  if (isObject(value)) return value
  // The payload may contain text of the model, so the message does not quote it.
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

/** The payload is the event itself; some gateways wrap it in an object with the event's name. */
const unwrapped = (payload: Json, name: string): Json => {
  const inner = payload[name]
  return isObject(inner) ? inner : payload
}

const toEvent = (frame: Frame): ConverseStreamEvent => {
  const name = header(frame, ':event-type')
  if (!knownEvents.has(name)) return { type: 'unknown', name }
  const payload = unwrapped(readJson(frame), name)
  checkEvent(name, payload)
  // It is new: no other code has a reference to it.
  const event = payload as { type?: string }
  event.type = name
  return event as ConverseStreamEvent
}

/** The exception's payload. An unreadable one is not an error: the exception's name is enough. */
const readException = (frame: Frame): Json => attempt(() => readJson(frame)) ?? { message: frame.text() }

/** Returns a frame's event. Throws GatewayError for a frame that reports a failure. */
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

export type ConverseReader = ReturnType<typeof createConverseReader>

/** Reads a `/converse-stream` body. */
export const createConverseReader = (context: WordingContext, readHeaders?: ReadHeaders) => {
  const { push, end } = createEventStreamDecoder(readHeaders)
  return {
    /**
     * Takes the next bytes and passes completed events on. After that, throws GatewayError for an exception in the
     * stream and for bytes that are not an event stream.
     */
    read: (chunk: Uint8Array, onEvent: (event: ConverseStreamEvent) => void): void =>
      push(chunk, (frame) => onEvent(readFrame(frame, context))),
    end,
  }
}
