import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { ResponsesRequest } from '../../wire/openai-responses/request.ts'
import type { ResponseEcho } from '../../wire/openai-responses/response.ts'
import type { AnswerPlan } from '../openai-entrance/answer-plan.ts'
import type { OpenAiContext } from '../openai-entrance/context.ts'

/** How a Responses client wants its answer. */
export interface ResponsesAnswerPlan extends AnswerPlan {
  /** The upstream's id of the model, which `encrypted_content` is bound to (OE-R43). */
  readonly modelId: string
  /** `reasoning.summary`: thinking is shown, and not only carried (OE-R5). */
  readonly showsSummary: boolean
  /** The answer is one `compaction` item, which carries the model's text by `encodeSummary` (OE-R45). */
  readonly isCompaction: boolean
  readonly echo: ResponseEcho
}

export interface TranslatedResponses {
  readonly request: MessagesRequest
  readonly plan: ResponsesAnswerPlan
}

/** Translates a Responses request. Throws a 400 that names the member's path. */
export const responsesToMessages = (body: ResponsesRequest, context: OpenAiContext): TranslatedResponses => ({
  request: {
    model: body.model,
    max_tokens: Math.min(context.model.maxOutputTokens, context.policy.defaultMaxTokens),
    messages: [{ role: 'user', content: String(body.input) }],
    ...(body.stream === true && { stream: true }),
  },
  plan: {
    model: body.model,
    tools: new Map(),
    isJsonObject: false,
    modelId: context.model.id,
    showsSummary: false,
    isCompaction: false,
    echo: {},
  },
})
