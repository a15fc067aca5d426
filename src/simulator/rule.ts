import type { ConverseRequest } from '../wire/converse/request.ts'
import type { SimulatedModel } from './models.ts'

/** One refusal of Bedrock: the message of a ValidationException. */
export type Refusal = string

export interface RuleContext {
  readonly body: ConverseRequest
  readonly model: SimulatedModel
}

/** Returns undefined if the request obeys the rule. */
export type Rule = (context: RuleContext) => Refusal | undefined

/** Bedrock wraps the model's own refusals like this. */
export const byModel = (message: string): Refusal => `The model returned the following errors: ${message}`

/** What Bedrock calls blank. Not shared with the translation: the simulator must be independent. */
export const isBlank = (text: string): boolean => text.trim() === ''

/** Returns the first refusal of a list of rules. */
export const firstRefusal = (rules: readonly Rule[], context: RuleContext): Refusal | undefined => {
  for (const rule of rules) {
    const refusal = rule(context)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** Returns the first refusal of a list of items. */
export const firstOf = <T>(
  items: readonly T[],
  check: (item: T, index: number) => Refusal | undefined,
): Refusal | undefined => {
  for (const [index, item] of items.entries()) {
    const refusal = check(item, index)
    if (refusal !== undefined) return refusal
  }
  return undefined
}
