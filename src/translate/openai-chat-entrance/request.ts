import type { Json } from '../../base/json.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { CompletionRequest } from '../../wire/openai-chat/completion-request.ts'
import type { AnswerPlan } from '../openai-entrance/answer-plan.ts'
import { assembleRequest } from '../openai-entrance/assemble.ts'
import type { OpenAiContext } from '../openai-entrance/context.ts'
import { arrange } from '../openai-entrance/conversation.ts'
import { booleanAt, objectAt } from '../openai-entrance/members.ts'
import { toOutputFormat } from '../openai-entrance/output-format.ts'
import { toChatReasoning } from '../openai-entrance/reasoning-request.ts'
import { toPlacedMessages } from './messages.ts'
import { toChatParameters } from './parameters.ts'
import { toChatTools } from './tools.ts'

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

/** Without a stream, its options do not count (OE-C8). */
const includesUsage = (body: Json): boolean => {
  const options = objectAt(body, 'stream_options')
  return (
    body['stream'] === true && options !== undefined && booleanAt(options, 'include_usage', ['stream_options']) === true
  )
}

/**
 * Translates a Chat Completions request. Throws a 400 that names the member's path. Pure: the same body gives the same
 * bytes, and a longer conversation begins with those of the shorter one, which the prompt cache and the signatures of
 * thinking require (OE-C53, OE-C73).
 */
export const completionToMessages = (body: CompletionRequest & Json, context: OpenAiContext): TranslatedCompletion => {
  const { system, messages } = arrange(toPlacedMessages(body.messages, context), context)
  const { tools, toolChoice, identities, usesFunctions } = toChatTools(body, context)
  const reasoning = toChatReasoning(body, context)
  const { format, instruction, isJsonObject } = toOutputFormat(body, 'response_format', [], context)
  if (instruction !== undefined) system.push(instruction)
  const parameters = toChatParameters(body, context)
  return {
    request: assembleRequest({ parameters, system, messages, tools, toolChoice, reasoning, format }, body, context),
    plan: {
      model: body.model,
      tools: identities,
      isJsonObject,
      includesUsage: includesUsage(body),
      usesFunctions,
      reasoning: reasoning.isHidden ? 'none' : context.policy.reasoning,
    },
  }
}
