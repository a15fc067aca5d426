import { invalidRequest } from '../../base/errors.ts'
import { toBudget } from '../../messages/thinking-budget.ts'
import type { MessagesRequest, Thinking } from '../../wire/anthropic/request.ts'
import { interleaving } from './betas.ts'
import type { TranslationContext } from './context.ts'
import type { OfferedTools } from './tools.ts'

type WireThinking = Readonly<Record<string, unknown>> & { readonly type: Thinking['type'] }

/** Converts thinking to the type that the model accepts. */
const converted = (
  thinking: Thinking,
  request: MessagesRequest,
  translation: TranslationContext,
): WireThinking | undefined => {
  const accepted = translation.model.thinking
  const { type: _type, budget_tokens: _budget, ...rest } = thinking as WireThinking
  if (accepted.includes('adaptive')) {
    translation.notes.changed(
      ['thinking', 'type'],
      `the model accepts only adaptive thinking: '${thinking.type}' became 'adaptive'`,
    )
    return { ...rest, type: 'adaptive' }
  }
  const budget = accepted.includes('enabled') ? toBudget(request) : undefined
  if (budget === undefined) {
    translation.notes.changed(['thinking'], 'dropped: the model cannot think here')
    return undefined
  }
  translation.notes.changed(['thinking', 'type'], `the model requires a budget: '${thinking.type}' became 'enabled'`)
  return { ...rest, type: 'enabled', budget_tokens: budget }
}

/** What the translation of thinking needs in addition to the request. */
interface ThinkingContext {
  /** Flags that the client sent, in the header or in the body. */
  readonly betas: readonly string[]
  readonly tools: OfferedTools
}

/**
 * A budget of at least `max_tokens`. It is valid with interleaved thinking: then it is for all the thinking of an
 * assistant turn, between its tool calls. Claude 4.6 interleaves without a flag, but only with adaptive thinking.
 * @see https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 */
const withLargeBudget = (
  thinking: WireThinking,
  { betas, tools }: ThinkingContext,
  translation: TranslationContext,
): WireThinking => {
  const { isWanted, isSent } = interleaving(betas, translation)
  const hasTools = tools.units.length + tools.native.length > 0 && !tools.areStandIns
  if (hasTools && isSent) return thinking
  if (!hasTools || !isWanted || !translation.model.thinking.includes('adaptive')) {
    throw invalidRequest([], 'max_tokens must be greater than thinking.budget_tokens')
  }
  translation.notes.changed(['thinking', 'type'], "a budget above max_tokens: became 'adaptive', which interleaves")
  const { budget_tokens: _budget, ...rest } = thinking
  return { ...rest, type: 'adaptive' }
}

/** For `additionalModelRequestFields.thinking`; undefined to leave it out. */
export const toThinking = (
  request: MessagesRequest,
  context: ThinkingContext,
  translation: TranslationContext,
): WireThinking | undefined => {
  const { thinking } = request
  if (thinking === undefined || thinking === null) return undefined
  if (thinking.type === 'disabled') {
    if (translation.model.disabledThinking) return thinking
    translation.notes.changed(['thinking'], "dropped: the model does not accept 'disabled'")
    return undefined
  }
  if (!translation.model.thinking.includes(thinking.type)) return converted(thinking, request, translation)
  if (thinking.type === 'enabled' && request.max_tokens === 0) {
    translation.notes.changed(['thinking'], 'dropped: max_tokens 0 leaves no budget')
    return undefined
  }
  if (thinking.type === 'enabled' && thinking.budget_tokens >= request.max_tokens) {
    return withLargeBudget(thinking, context, translation)
  }
  return thinking
}

/** Whether the model will think, requested or by default. */
export const willThink = (thinking: WireThinking | undefined, { model }: TranslationContext): boolean =>
  thinking === undefined ? model.thinksByDefault : thinking.type !== 'disabled'
