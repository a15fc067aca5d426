import { expect } from 'bun:test'
import type { Json } from '../../src/base/json.ts'
import { type ResponsesAnswerPlan, responsesToMessages } from '../../src/translate/openai-responses-entrance/request.ts'
import { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import { createCheck } from '../../src/wire/check.ts'
import { findIssue } from '../../src/wire/issue.ts'
import { ResponsesRequest } from '../../src/wire/openai-responses/request.ts'
import { type OpenAiContextOptions, openAiContext } from './openai-context.ts'

const isResponsesRequest = createCheck(ResponsesRequest)

export interface TranslatedBody {
  /** As the upstream's JSON has it. */
  readonly request: MessagesRequest
  readonly plan: ResponsesAnswerPlan
  readonly notes: readonly string[]
}

/** Checks a body as the route does, translates it, and checks the canonical request. */
export const translateResponses = (members: Json, options: OpenAiContextOptions = {}): TranslatedBody => {
  const body = { model: 'claude-sonnet-4-6', ...members }
  if (!isResponsesRequest(body)) throw new Error(JSON.stringify(findIssue(ResponsesRequest, body)))
  const context = openAiContext(options)
  const { request, plan } = responsesToMessages(body, context)
  const sent = JSON.parse(JSON.stringify(request)) as MessagesRequest
  expect(findIssue(MessagesRequest, sent)).toBeUndefined()
  return { request: sent, plan, notes: context.notes.all.map(({ path, what }) => `${path}: ${what}`) }
}

const withoutMarkers = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, inner: unknown) => (key === 'cache_control' ? undefined : inner))

/** The conversation of an input, without cache markers: the system prompt, and each turn as its role and blocks. */
export const conversationOf = (input: unknown, more: Json = {}, options: OpenAiContextOptions = {}): unknown => {
  const { system, messages } = translateResponses({ input, ...more }, options).request
  return withoutMarkers({
    ...(system && { system }),
    messages: messages.map(({ role, content }) => [role, ...(Array.isArray(content) ? content : [content])]),
  })
}
