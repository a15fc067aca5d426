import type { Message, StopReason } from '../../wire/anthropic/response.ts'
import type { Completion, FinishReason } from '../../wire/openai-chat/completion.ts'
import type { AnswerIdentity } from '../openai-entrance/answer-identity.ts'
import { toCompletionUsage } from '../openai-entrance/usage.ts'
import type { ChatAnswerPlan } from './request.ts'

const finishReasons: Readonly<Record<StopReason, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
}

export const toFinishReason = (reason: StopReason | null): FinishReason =>
  reason === null ? 'stop' : finishReasons[reason]

/** Translates a whole message (OE-C80). */
export const messageToCompletion = (
  message: Message,
  plan: ChatAnswerPlan,
  { id, created }: AnswerIdentity,
): Completion => ({
  id,
  object: 'chat.completion',
  created,
  model: plan.model,
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: message.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
        refusal: null,
        annotations: [],
      },
      logprobs: null,
      finish_reason: toFinishReason(message.stop_reason),
    },
  ],
  usage: toCompletionUsage(message.usage),
  service_tier: 'default',
})
