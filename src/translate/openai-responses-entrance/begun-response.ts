import type { ResponseObject } from '../../wire/openai-responses/response.ts'
import type { AnswerIdentity } from '../openai-entrance/answer-identity.ts'
import type { ResponsesAnswerPlan } from './request.ts'

/** The members that repeat the request, where the request does not have them. */
const defaults = {
  instructions: null,
  max_output_tokens: null,
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: null, summary: null },
  service_tier: 'default',
  store: false,
  temperature: null,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_p: null,
  truncation: 'disabled',
  user: null,
  metadata: {},
} as const

/** The object before the answer has begun. */
export const begunResponse = (plan: ResponsesAnswerPlan, { id, created }: AnswerIdentity): ResponseObject => ({
  id,
  object: 'response',
  created_at: created,
  status: 'in_progress',
  completed_at: null,
  error: null,
  incomplete_details: null,
  ...defaults,
  ...plan.echo,
  model: plan.model,
  output: [],
  usage: null,
})
