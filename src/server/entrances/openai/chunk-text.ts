import type { CompletionStep } from '../../../translate/openai-chat-entrance/chunks.ts'
import type { ChatAnswerPlan } from '../../../translate/openai-chat-entrance/request.ts'
import type { AnswerIdentity } from '../../../translate/openai-entrance/answer-identity.ts'

export const doneText = 'data: [DONE]\n\n'

/** Writes the chunks of one answer: all have the same head. */
export const createChunkText = (
  { model }: ChatAnswerPlan,
  { id, created }: AnswerIdentity,
): ((step: CompletionStep) => string) => {
  const head = { id, object: 'chat.completion.chunk', created, model, service_tier: 'default' }
  const prefix = `data: ${JSON.stringify(head).slice(0, -1)},"choices":[{"index":0,"delta":`
  return ({ delta, finishReason }) =>
    `${prefix}${JSON.stringify(delta)},"logprobs":null,"finish_reason":${JSON.stringify(finishReason)}}]}\n\n`
}
