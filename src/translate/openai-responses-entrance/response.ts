import type { Message } from '../../wire/anthropic/response.ts'
import type { OutputItem, ResponseObject } from '../../wire/openai-responses/response.ts'
import type { AnswerIdentity } from '../openai-entrance/answer-identity.ts'
import { toResponseUsage } from '../openai-entrance/usage.ts'
import type { ResponsesAnswerPlan } from './request.ts'

/** The object before the answer has begun. */
export const begunResponse = (plan: ResponsesAnswerPlan, { id, created }: AnswerIdentity): ResponseObject => ({
  ...plan.echo,
  id,
  object: 'response',
  created_at: created,
  status: 'in_progress',
  completed_at: null,
  error: null,
  incomplete_details: null,
  model: plan.model,
  output: [],
  usage: null,
})

const toItem = (text: string, identity: AnswerIdentity): OutputItem => ({
  type: 'message',
  id: `msg_${identity.id}`,
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
})

/** Translates a whole message. */
export const messageToResponse = (
  message: Message,
  plan: ResponsesAnswerPlan,
  identity: AnswerIdentity,
): ResponseObject => ({
  ...begunResponse(plan, identity),
  status: 'completed',
  completed_at: identity.created,
  output: message.content.flatMap((block) => (block.type === 'text' ? [toItem(block.text, identity)] : [])),
  usage: toResponseUsage(message.usage),
})
