import type { ResponseObject } from '../../wire/openai-responses/response.ts'
import type { AnswerIdentity } from '../openai-entrance/answer-identity.ts'
import type { ResponsesAnswerPlan } from './request.ts'

/** The object before the answer has begun. */
export const begunResponse = (plan: ResponsesAnswerPlan, { id, created }: AnswerIdentity): ResponseObject => ({
  id,
  object: 'response',
  created_at: created,
  status: 'in_progress',
  completed_at: null,
  error: null,
  incomplete_details: null,
  ...plan.echo,
  model: plan.model,
  output: [],
  usage: null,
})
