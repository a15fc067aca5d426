import { parseExactAt } from '../../base/exact-json.ts'
import { isObject, type Json, parseObject } from '../../base/json.ts'
import { argumentsIn } from '../../wire/openai-chat/carried.ts'
import type { ChatResponse } from '../../wire/openai-chat/response.ts'
import { brokenStream } from './faults.ts'

/** Handles the three kinds of events of a stream. */
export interface ChatEventHandler {
  readonly onChunk: (chunk: ChatResponse) => void
  /** `[DONE]`: ignore all later events. */
  readonly onDone: () => void
  /** A failure within a response of status 200. `body` has the form of an error response (OU-S15). */
  readonly onError: (body: Json) => void
}

const endOfStream = '[DONE]'

/** Matches arguments that are an object. In nearly all responses they are a string, so no number is parsed. */
const objectArguments = /"arguments"\s*:\s*\{/

/** Arguments that are an object keep the digits of their numbers. */
const parse = (text: string): unknown =>
  text.includes('"arguments"') && objectArguments.test(text) ? parseExactAt(text, argumentsIn) : JSON.parse(text)

/** Gemini puts its errors into a list. */
const parseOne = (text: string): unknown => {
  const value = parse(text)
  return Array.isArray(value) && value.length === 1 ? value[0] : value
}

/** A response's JSON; undefined for a text that is not an object. */
export const parseChatResponse = (text: string): Json | undefined => parseObject(text, parseOne)

/** Whether a member such as `error` reports an error: some servers send an empty one with each answer. */
const isError = (value: unknown): boolean =>
  typeof value === 'string'
    ? value !== ''
    : typeof value === 'object' && value !== null && Object.keys(value).length > 0

/** MiniMax's own status, 0 for success. */
const hasFailedStatus = (base: unknown): boolean => {
  const code = isObject(base) ? base['status_code'] : undefined
  return code !== undefined && code !== null && Number(code) !== 0
}

/**
 * The failure that a response with status 200 reports, in the form of an error response (OU-S15); undefined if it
 * reports none. It does not classify the failure.
 */
export const errorBodyIn = (response: Json): Json | undefined => {
  if (isError(response['error']) || isError(response['error_message'])) return response
  if (hasFailedStatus(response['base_resp'])) return response
  const choices: unknown = response['choices']
  if (Array.isArray(choices) && choices.length > 0) {
    return choices.find((choice: unknown) => isObject(choice) && isError(choice['error']))
  }
  const isNamed = response['object'] === 'error' || isError(response['error_type']) || isError(response['detail'])
  // A response always has choices; a body with a message and no choices is an error.
  const isMessage = choices === undefined && (isError(response['message']) || isError(response['msg']))
  return isNamed || isMessage ? response : undefined
}

const handle = (value: Json, event: string, { onChunk, onError }: ChatEventHandler): void => {
  const error = event === 'error' ? value : errorBodyIn(value)
  if (error === undefined) onChunk(value)
  else onError(error)
}

/** One server-sent event. `event` is empty where the stream names none. */
interface StreamEvent {
  readonly event: string
  readonly data: string
}

/**
 * Passes a server-sent event to the handler, and ignores one without data. Throws GatewayError for an event that is not
 * a JSON object: skipping it could lose a part of the answer (OU-S3).
 */
export const readChatEvent = ({ event, data }: StreamEvent, handler: ChatEventHandler): void => {
  const value = parseChatResponse(data)
  if (value !== undefined) {
    handle(value, event, handler)
    return
  }
  const text = data.trim()
  if (text === '') return
  if (text === endOfStream) handler.onDone()
  else if (event === 'error') handler.onError({ error: text })
  else throw brokenStream('an event is not a JSON object')
}

/** The same for a last event without its blank line. If it does not parse, the stream was cut in it: it is ignored. */
export const readLastChatEvent = (event: StreamEvent, handler: ChatEventHandler): void => {
  const isWhole = event.data.trim() === endOfStream || parseChatResponse(event.data) !== undefined
  if (isWhole || event.event === 'error') readChatEvent(event, handler)
}
