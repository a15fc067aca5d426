import { type ChatRefusal, firstRefusalOf } from './refusal.ts'
import type { ChatRule } from './rule.ts'
import type { ChatMessage } from './schema.ts'

/** OpenAI's rules for a conversation, with its own words. */

export const callIdsOf = (message: ChatMessage | undefined): readonly string[] =>
  (message?.tool_calls ?? []).map(({ id }) => id)

/** The message that a tool message must follow: the nearest one before it that is not a tool message. */
const callerOf = (messages: readonly ChatMessage[], index: number): ChatMessage | undefined => {
  let before = index - 1
  while (messages[before]?.role === 'tool') before -= 1
  return messages[before]
}

const toolMessageRefusal = (
  messages: readonly ChatMessage[],
  { tool_call_id: id = '' }: ChatMessage,
  index: number,
): ChatRefusal | undefined => {
  const calls = callIdsOf(callerOf(messages, index))
  if (calls.length === 0) {
    return {
      message:
        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
      param: `messages.[${index}].role`,
    }
  }
  if (!calls.includes(id)) {
    return {
      message: `Invalid parameter: 'tool_call_id' of '${id}' not found in 'tool_calls' of previous message.`,
      param: `messages.[${index}].tool_call_id`,
    }
  }
  const first = messages.findLastIndex((other, at) => at < index && other.role !== 'tool') + 1
  return messages.slice(first, index).some((other) => other.tool_call_id === id)
    ? {
        message: `Duplicate value for 'tool_call_id' of '${id}' in message[${index}]`,
        param: `messages.[${index}].tool_call_id`,
      }
    : undefined
}

const unansweredRefusal = (
  messages: readonly ChatMessage[],
  message: ChatMessage,
  index: number,
): ChatRefusal | undefined => {
  const after = messages.slice(index + 1)
  const end = after.findIndex(({ role }) => role !== 'tool')
  const results = (end === -1 ? after : after.slice(0, end)).map(({ tool_call_id: id }) => id)
  const missing = callIdsOf(message).filter((id) => !results.includes(id))
  if (missing.length === 0) return undefined
  return {
    message: `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${missing.join(', ')}`,
    param: end === -1 ? 'messages' : `messages.[${index + 1 + end}].role`,
  }
}

/** The order of messages with tool calls (OU-Q21). */
const toolOrder: ChatRule = ({ body: { messages } }) =>
  firstRefusalOf(messages, (message, index) =>
    message.role === 'tool'
      ? toolMessageRefusal(messages, message, index)
      : unansweredRefusal(messages, message, index),
  )

/** OpenAI requires unique ids of calls. */
const uniqueCalls: ChatRule = ({ body: { messages } }) =>
  firstRefusalOf(messages, (message, index) => {
    const ids = callIdsOf(message)
    const twice = ids.find((id, position) => ids.indexOf(id) < position)
    return twice === undefined
      ? undefined
      : {
          message: `Duplicate value for 'id' of '${twice}' in message[${index}]`,
          param: `messages.[${index}].tool_calls`,
        }
  })

const saysSomething: ChatRule = ({ body: { messages } }) =>
  firstRefusalOf(messages, ({ role, content, tool_calls: calls, refusal, function_call: call, audio }, index) =>
    role === 'assistant' && (content ?? calls ?? refusal ?? call ?? audio ?? undefined) === undefined
      ? { message: "Invalid value for 'content': expected a string, got null.", param: `messages.[${index}].content` }
      : undefined,
  )

export const conversationRules: readonly ChatRule[] = [saysSomething, uniqueCalls, toolOrder]
