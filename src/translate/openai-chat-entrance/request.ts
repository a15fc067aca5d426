import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { CompletionRequest } from '../../wire/openai-chat/completion-request.ts'
import type { AnswerPlan } from '../openai-entrance/answer-plan.ts'
import type { OpenAiContext } from '../openai-entrance/context.ts'
import { arrange } from '../openai-entrance/conversation.ts'
import { toPlacedMessages } from './messages.ts'

/** How a Chat Completions client wants its answer. */
export interface ChatAnswerPlan extends AnswerPlan {
  /** `stream_options.include_usage` (OE-C96). */
  readonly includesUsage: boolean
  /** The client declared `functions`, the form before `tools` (OE-C82). */
  readonly usesFunctions: boolean
  readonly reasoning: OpenAiContext['policy']['reasoning']
}

export interface TranslatedCompletion {
  readonly request: MessagesRequest
  readonly plan: ChatAnswerPlan
}

const toConversation = (
  body: CompletionRequest,
  context: OpenAiContext,
): Pick<MessagesRequest, 'system' | 'messages'> => {
  const { system, messages } = arrange(toPlacedMessages(body.messages, context), context)
  return system.length === 0 ? { messages } : { system, messages }
}

/** Translates a Chat Completions request. Throws a 400 that names the member's path. */
export const completionToMessages = (body: CompletionRequest, context: OpenAiContext): TranslatedCompletion => ({
  request: {
    model: body.model,
    max_tokens: Math.min(context.model.maxOutputTokens, context.policy.defaultMaxTokens),
    ...toConversation(body, context),
    ...(body.stream === true && { stream: true }),
  },
  plan: {
    model: body.model,
    tools: new Map(),
    isJsonObject: false,
    includesUsage: false,
    usesFunctions: false,
    reasoning: context.policy.reasoning,
  },
})
