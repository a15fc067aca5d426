import type { ChatModel } from './models.ts'
import type { ChatRefusal } from './refusal.ts'
import type { ChatBody } from './schema.ts'

export interface ChatRuleContext {
  readonly body: ChatBody
  readonly model: ChatModel
}

/** Returns undefined if the request follows the rule. */
export type ChatRule = (context: ChatRuleContext) => ChatRefusal | undefined

/** The first refusal of a list of rules. */
export const firstBrokenRule = (rules: readonly ChatRule[], context: ChatRuleContext): ChatRefusal | undefined => {
  for (const rule of rules) {
    const refusal = rule(context)
    if (refusal !== undefined) return refusal
  }
  return undefined
}
