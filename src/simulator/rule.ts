import type { ConverseRequest } from '../wire/converse/request.ts'
import type { SimulatedModel } from './models.ts'

/** One refusal of Bedrock's: its words, as a ValidationException would carry them. */
export type Refusal = string

export interface RuleContext {
  readonly body: ConverseRequest
  readonly model: SimulatedModel
}

/** Undefined where the request keeps the rule. */
export type Rule = (context: RuleContext) => Refusal | undefined

/** What the model itself refuses comes wrapped like this. */
export const byModel = (message: string): Refusal => `The model returned the following errors: ${message}`

/** Our own reading of what Bedrock calls blank: a judge does not ask the translation. */
export const isBlank = (text: string): boolean => text.trim() === ''

/** The first refusal of a list of rules. */
export const firstRefusal = (rules: readonly Rule[], context: RuleContext): Refusal | undefined => {
  for (const rule of rules) {
    const refusal = rule(context)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** The first refusal over a list of items. */
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
