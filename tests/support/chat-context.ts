import { findBlockKinds } from '../../src/messages/block-kinds.ts'
import { createNotes } from '../../src/messages/notes.ts'
import type { ChatContext } from '../../src/translate/anthropic-to-openai-chat/context.ts'
import { createFileNames } from '../../src/translate/anthropic-to-openai-chat/file-names.ts'
import { type ChatPolicy, defaultChatPolicy } from '../../src/translate/anthropic-to-openai-chat/policy.ts'
import { createToolCallIds } from '../../src/translate/anthropic-to-openai-chat/tool-call-ids.ts'
import { type ChatDialectChange, unknownDialect } from '../../src/translate/capabilities/chat-dialect.ts'
import { createToolNames } from '../../src/translate/renamed.ts'
import { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import { findIssue } from '../../src/wire/issue.ts'
import { user } from './translate.ts'

/** A valid request with these members. */
export const chatRequest = (members: object = {}): MessagesRequest => {
  const request = { model: 'claude-sonnet-4-6', max_tokens: 4000, messages: [user('hi')], ...members }
  const issue = findIssue(MessagesRequest, request)
  if (issue !== undefined) throw new Error(`not a valid request: ${JSON.stringify(issue)}`)
  return request as MessagesRequest
}

/** The context of a request's translation, for an unknown server with these changes of its dialect. */
export const chatContext = (
  dialect: ChatDialectChange = {},
  policy: Partial<ChatPolicy> = {},
  { messages }: Pick<MessagesRequest, 'messages'> = chatRequest(),
): ChatContext => {
  const changed = { ...unknownDialect, ...dialect }
  return {
    dialect: changed,
    policy: { ...defaultChatPolicy, ...policy },
    notes: createNotes(),
    blockKinds: findBlockKinds(messages),
    toolNames: createToolNames(),
    toolCallIds: createToolCallIds(changed),
    fileNames: createFileNames(),
  }
}

/** Notes as `level path: what`. */
export const notesOf = ({ notes }: ChatContext): string[] =>
  notes.all.map(({ level, path, what }) => `${level} ${path}: ${what}`)
