import { type Effort, effortLevels, type MessagesRequest } from '../wire/anthropic/request.ts'

/** Anthropic's smallest budget. */
export const minimumBudget = 1024
/** Claude Code's own budget; more is not used in practice. */
const maximumBudget = 31_999
/** The thinking budget of each effort as a share of `max_tokens`, for models that require a budget. */
const budgetShare: Readonly<Record<Effort, number>> = { low: 0.25, medium: 0.5, high: 0.75, xhigh: 0.9, max: 0.9 }

/** The budget for a model that accepts no other thinking. Undefined if `max_tokens` leaves no room for one. */
export const toBudget = ({
  output_config: config,
  max_tokens: limit,
}: Pick<MessagesRequest, 'output_config' | 'max_tokens'>): number | undefined => {
  const share = budgetShare[config?.effort ?? 'high']
  const budget = Math.min(Math.max(Math.floor(limit * share), minimumBudget), maximumBudget)
  return budget < limit ? budget : undefined
}

/** The requested level of effort if the model has it, or the next lower one. */
export const supportedEffort = (requested: Effort, supported: readonly Effort[]): Effort | undefined =>
  effortLevels.slice(0, effortLevels.indexOf(requested) + 1).findLast((level) => supported.includes(level))
