import type { Json } from '../../base/json.ts'
import type { Path } from '../../base/path.ts'
import type { Notes } from '../../messages/notes.ts'
import { minimumBudget } from '../../messages/thinking-budget.ts'
import { type Effort, effortLevels, MessagesRequest, type Thinking } from '../../wire/anthropic/request.ts'
import { findIssue } from '../../wire/issue.ts'
import type { OpenAiContext } from './context.ts'
import { booleanAt, countAt, objectAt, textAt } from './members.ts'
import { refusal } from './refusal.ts'

/** What a request says about the model's thinking. */
export interface ReasoningRequest {
  /** Undefined if the client says nothing about it. */
  readonly thinking?: Thinking
  readonly effort?: Effort
  /** The client wants no thinking in the answer. */
  readonly isHidden: boolean
}

type Spoken = Omit<ReasoningRequest, 'isHidden'>

const disabled: Thinking = { type: 'disabled' }
const summarized = { display: 'summarized' } as const
const adaptive = { type: 'adaptive', ...summarized } as const

const isEffort = (word: string): word is Effort => (effortLevels as readonly string[]).includes(word)

/** Translates the word for an effort; the upstream makes a budget of it, or lowers it (OE-C60). */
const toEffort = (word: string | undefined, path: Path, notes: Notes): Spoken => {
  switch (word) {
    case undefined:
      return {}
    case 'none':
      return { thinking: disabled }
    case 'minimal':
      return { thinking: disabled, effort: 'low' }
    case 'ultra':
      return { thinking: adaptive, effort: 'max' }
    default:
      if (isEffort(word)) return { thinking: adaptive, effort: word }
      notes.changed(path, 'an unknown effort: the model decides')
      return {}
  }
}

/** OpenRouter's member (OE-C61). */
const toRouted = (reasoning: Json, { notes }: OpenAiContext): Spoken => {
  const path = ['reasoning']
  const isEnabled = booleanAt(reasoning, 'enabled', path)
  if (isEnabled === false) return { thinking: disabled }
  const spoken = toEffort(textAt(reasoning, 'effort', path), [...path, 'effort'], notes)
  const budget = countAt(reasoning, 'max_tokens', path, { minimum: 0 })
  if (budget === undefined || spoken.thinking?.type === 'disabled')
    return isEnabled === true && spoken.thinking === undefined ? { thinking: adaptive } : spoken
  if (budget < minimumBudget) notes.changed([...path, 'max_tokens'], 'raised to 1024, the smallest budget of the model')
  return {
    ...spoken,
    thinking: { type: 'enabled', budget_tokens: Math.max(budget, minimumBudget), ...summarized } as Thinking,
  }
}

/** Anthropic's own member, unchanged. */
const toVerbatim = (body: Json): Thinking | undefined => {
  const thinking = objectAt(body, 'thinking')
  if (thinking === undefined) return undefined
  const issue = findIssue(MessagesRequest.properties.thinking, thinking, ['thinking'])
  if (issue !== undefined) throw refusal('invalid_value', issue.path, "not a value of Anthropic's `thinking`")
  return thinking as Thinking
}

/**
 * Translates the members of Chat Completions about thinking: Anthropic's `thinking`, OpenRouter's `reasoning`,
 * `reasoning_effort`, the first of them wins (OE-C60, OE-C61). Throws a 400 that names the path.
 */
export const toChatReasoning = (body: Json, context: OpenAiContext): ReasoningRequest => {
  const routed = objectAt(body, 'reasoning')
  const verbatim = toVerbatim(body)
  const isHidden =
    booleanAt(body, 'include_reasoning') === false ||
    (routed !== undefined && booleanAt(routed, 'exclude', ['reasoning']) === true)
  const spoken = routed === undefined ? {} : toRouted(routed, context)
  const isSpoken = spoken.thinking !== undefined || spoken.effort !== undefined
  const chosen = isSpoken ? spoken : toEffort(textAt(body, 'reasoning_effort'), ['reasoning_effort'], context.notes)
  return { ...chosen, ...(verbatim && { thinking: verbatim }), isHidden }
}

/** Translates `reasoning` of Responses (OE-R5): the object alone requests thinking. */
export const toResponsesReasoning = (body: Json, { notes }: OpenAiContext): ReasoningRequest => {
  const reasoning = objectAt(body, 'reasoning')
  if (reasoning === undefined) return { isHidden: true }
  const path = ['reasoning']
  const effort = textAt(reasoning, 'effort', path)
  const summary = textAt(reasoning, 'summary', path) ?? textAt(reasoning, 'generate_summary', path)
  for (const name of ['context', 'mode'] as const) {
    if ((reasoning[name] ?? undefined) !== undefined) notes.changed([...path, name], 'the model decides')
  }
  const spoken = effort === undefined ? { thinking: adaptive } : toEffort(effort, [...path, 'effort'], notes)
  return { ...spoken, isHidden: summary === undefined }
}
