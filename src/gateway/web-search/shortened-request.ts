import { minimumBudget } from '../../messages/thinking-budget.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'

/** Fewer tokens are no room for an answer (WS-17). */
const leastTokens = 256

/** A budget keeps its share of `max_tokens`. Undefined if there is no room for the smallest one. */
const shortenedBudget = (budget: number, before: number, left: number): number | undefined => {
  // Valid with interleaved thinking, where it is for all calls of an answer.
  if (budget >= before || budget < left) return budget
  const share = Math.max(Math.floor((budget * left) / before), minimumBudget)
  return share < left ? share : undefined
}

/** The request without the tokens that earlier calls wrote; undefined if too few are left. */
export const toShortened = (request: MessagesRequest, written: number): MessagesRequest | undefined => {
  const { max_tokens: before, thinking } = request
  const max_tokens = before - written
  if (max_tokens < leastTokens) return undefined
  if (thinking?.type !== 'enabled') return { ...request, max_tokens }
  const budget_tokens = shortenedBudget(thinking.budget_tokens, before, max_tokens)
  return budget_tokens === undefined ? undefined : { ...request, max_tokens, thinking: { ...thinking, budget_tokens } }
}
