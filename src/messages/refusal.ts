import type { StopDetails } from '../wire/anthropic/response.ts'

/** `stop_details` of a refused response. `explanation` is for the user. */
export const refusalDetails = (explanation: string): StopDetails => ({
  type: 'refusal',
  category: null,
  explanation,
  recommended_model: null,
  fallback_credit_token: null,
  fallback_has_prefill_claim: null,
})
