import { expect } from 'bun:test'
import { type Json, objectsIn } from '../../src/base/json.ts'
import { toUnicodeJsonWithoutNul } from '../../src/base/unicode-json.ts'
import { type ChatPolicy, defaultChatPolicy } from '../../src/translate/anthropic-to-openai-chat/policy.ts'
import { type ChatTranslation, toChatRequest } from '../../src/translate/anthropic-to-openai-chat/request.ts'
import { type ChatDialectChange, unknownDialect } from '../../src/translate/capabilities/chat-dialect.ts'
import { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import { createCheck } from '../../src/wire/check.ts'
import { findIssue } from '../../src/wire/issue.ts'
import type { ChatMessage } from '../../src/wire/openai-chat/message.ts'
import { ChatRequest } from '../../src/wire/openai-chat/request.ts'
import { request } from './chain.ts'

export interface ChatOptions {
  /** Changes of the dialect of an unknown server. */
  readonly dialect?: ChatDialectChange
  readonly id?: string
  /** Changes of the default. */
  readonly policy?: Partial<ChatPolicy>
  readonly betas?: readonly string[]
}

const isChatRequest = createCheck(ChatRequest)

/** The first violation of OpenAI's rules for the order of tool messages (OU-Q21). */
const toolOrderFault = (messages: readonly Json[]): string | undefined => {
  let open: string[] = []
  for (const [index, message] of messages.entries()) {
    if (message['role'] === 'tool') {
      const id = String(message['tool_call_id'])
      if (!open.includes(id)) return `messages[${index}]: no open call has the id ${id}`
      open = open.filter((other) => other !== id)
      continue
    }
    if (open.length > 0) return `messages[${index}]: calls without a tool message: ${open.join()}`
    open = objectsIn(message['tool_calls']).map((call) => String(call['id']))
    if (new Set(open).size < open.length) return `messages[${index}]: an id twice`
  }
  return open.length > 0 ? `calls without a tool message at the end: ${open.join()}` : undefined
}

/** The first fault of a body that no provider accepts; undefined for a valid body. */
const chatFault = (body: unknown): string | undefined => {
  if (!isChatRequest(body)) return `not a Chat Completions request: ${JSON.stringify(findIssue(ChatRequest, body))}`
  const { messages } = body
  if (messages.slice(1).some(({ role }) => role === 'system')) return 'a system message after the first'
  for (const message of messages) {
    const { content } = message
    if (Array.isArray(content) && content.length === 0) return 'content without parts'
    if (message.role !== 'assistant' && typeof content === 'string' && content.trim() === '') return 'blank content'
    if (message.role === 'assistant') for (const call of message.tool_calls ?? []) JSON.parse(call.function.arguments)
  }
  if (messages.some(({ role }, index) => role === 'user' && messages[index - 1]?.role === 'user'))
    return 'two user turns'
  return toolOrderFault(messages)
}

/** Checks a request's schema, translates it, and checks the body. Throws the errors of the translation. */
export const translateChat = (
  members: object,
  { dialect = {}, id = unknownDialect.id, policy = {}, betas = [] }: ChatOptions = {},
): ChatTranslation => {
  const whole = request(members)
  expect(findIssue(MessagesRequest, whole)).toBeUndefined()
  const translation = toChatRequest(whole as MessagesRequest, {
    modelId: 'model-1',
    dialect: { ...unknownDialect, ...dialect, id },
    policy: { ...defaultChatPolicy, ...policy },
    betas,
  })
  expect(chatFault(JSON.parse(toUnicodeJsonWithoutNul(translation.body)))).toBeUndefined()
  return translation
}

/** The messages of a conversation's translation. */
export const chatMessages = (messages: readonly object[], options: ChatOptions = {}): ChatMessage[] =>
  translateChat({ messages }, options).body.messages

/** Notes as `level path: what`. */
export const notesIn = ({ notes }: ChatTranslation): string[] =>
  notes.map(({ level, path, what }) => `${level} ${path}: ${what}`)
