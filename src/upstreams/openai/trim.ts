import { GatewayError } from '../../base/errors.ts'
import { isBlank } from '../../messages/blank.ts'
import { promptTooLong } from '../../messages/client-wording.ts'
import type { InputMessage, MessagesRequest } from '../../wire/anthropic/request.ts'
import { reservedTokens } from './output-limit.ts'

/** Omits the oldest exchanges of a conversation that is too long for a model (OU-R9). */

export interface Trimmed {
  readonly request: MessagesRequest
  /** Estimate of the remaining conversation, in tokens. */
  readonly tokens: number
  /** Number of omitted messages. */
  readonly omitted: number
}

/** Estimates are sums: the estimate of a message does not depend on other messages. */
export type EstimateMessages = (messages: readonly InputMessage[]) => number

const reminder = /^\s*<system-reminder>/i

/** Whether a turn has text of the user, not only tool results and texts that Claude Code adds. */
const beginsExchange = ({ role, content }: InputMessage): boolean => {
  if (role !== 'user') return false
  if (typeof content === 'string') return !isBlank(content)
  return (content ?? []).some((block) =>
    block.type === 'text' ? !isBlank(block.text) && !reminder.test(block.text) : block.type !== 'tool_result',
  )
}

/** The figures include the reserve: the client calculates with them, and the first one must be larger. */
const tooLong = (tokens: number, limit: number): GatewayError =>
  new GatewayError(
    'invalid_request_error',
    promptTooLong({ tokens: String(tokens + reservedTokens), maximum: String(limit) }),
    { isLoggable: true },
  )

/**
 * `total`: the estimate of the whole request. Throws GatewayError if the last exchange alone is too long. Exchanges are
 * omitted as a whole, so that each tool call keeps its result; the system prompt and the last exchange stay.
 */
export const trimConversation = (
  request: MessagesRequest,
  total: number,
  limit: number,
  estimate: EstimateMessages,
): Trimmed => {
  const { messages } = request
  const begins = messages.flatMap((message, index) => (beginsExchange(message) ? [index] : []))
  const most = limit - reservedTokens
  let tokens = total
  let dropped = 0
  while (tokens > most && dropped + 1 < begins.length) {
    tokens -= estimate(messages.slice(begins[dropped], begins[dropped + 1]))
    dropped += 1
  }
  if (tokens > most) throw tooLong(tokens, limit)
  const [first, end] = [begins[0] ?? 0, begins[dropped] ?? 0]
  if (dropped === 0) return { request, tokens, omitted: 0 }
  const kept = [...messages.slice(0, first), ...messages.slice(end)]
  return { request: { ...request, messages: kept }, tokens, omitted: end - first }
}
