import { expect } from 'bun:test'
import { completionToMessages, type TranslatedCompletion } from '../../src/translate/openai-chat-entrance/request.ts'
import type { OpenAiContext } from '../../src/translate/openai-entrance/context.ts'
import { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import { findIssue } from '../../src/wire/issue.ts'
import { CompletionRequest } from '../../src/wire/openai-chat/completion-request.ts'
import { openAiContext } from './openai-context.ts'

/** Checks a body's schema, translates it, and checks the canonical request. Throws the errors of the translation. */
export const translateCompletion = (
  members: object,
  context: OpenAiContext = openAiContext(),
): TranslatedCompletion => {
  const body = { model: 'claude-sonnet-4.6', messages: [{ role: 'user', content: 'Hello' }], ...members }
  expect(findIssue(CompletionRequest, body)).toBeUndefined()
  const translated = completionToMessages(body as CompletionRequest, context)
  expect(findIssue(MessagesRequest, translated.request)).toBeUndefined()
  return translated
}

/** The conversation without the server's own cache points. */
export const conversationOf = (
  messages: readonly object[],
  context: OpenAiContext = openAiContext({ policy: { autoCache: false } }),
): Pick<MessagesRequest, 'system' | 'messages'> => {
  const { request } = translateCompletion({ messages }, context)
  return request.system === undefined
    ? { messages: request.messages }
    : { system: request.system, messages: request.messages }
}
