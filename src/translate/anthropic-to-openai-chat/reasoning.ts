import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { ReasoningFields } from '../../wire/openai-chat/request.ts'
import type { Effort } from '../capabilities/chat-dialect.ts'
import type { ChatContext } from './context.ts'
import { nearestEffort, type ReasoningRequest, reasoningWords } from './reasoning-fields.ts'

/** The largest budget, in tokens, of each effort (OU section 1.6). */
const lowBudget = 2048
const mediumBudget = 8192

const effortOfBudget = (budget: number): Exclude<Effort, 'none'> => {
  if (budget <= lowBudget) return 'low'
  return budget <= mediumBudget ? 'medium' : 'high'
}

/** The client's choice about reasoning; `unsaid`: the client does not mention it. */
type Intent = ({ readonly mode: 'on' } & ReasoningRequest) | { readonly mode: 'off' | 'unsaid' }

const intentOf = ({ thinking, output_config: config, max_tokens: maxTokens }: MessagesRequest): Intent => {
  const effort = config?.effort ?? undefined
  if (thinking === undefined || thinking === null) return { mode: 'unsaid' }
  if (thinking.type === 'disabled') return { mode: 'off' }
  if (thinking.type !== 'enabled') return { mode: 'on', effort, budget: undefined }
  const { budget_tokens: budget } = thinking
  // Providers require tokens for the answer in addition to those for reasoning.
  return { mode: 'on', effort: effort ?? effortOfBudget(budget), budget: Math.min(budget, Math.max(maxTokens - 1, 1)) }
}

export interface TranslatedReasoning {
  readonly fields: ReasoningFields
  /** The request switches reasoning off. */
  readonly isOff: boolean
  /** These fields allow a forced tool: no provider refuses the two together (OU-Q65). */
  readonly mayForce: boolean
}

const noteEffort = (request: MessagesRequest, intent: Intent, { dialect, notes }: ChatContext): void => {
  const effort = request.output_config?.effort ?? undefined
  if (effort === undefined) return
  const path = ['output_config', 'effort']
  if (intent.mode !== 'on')
    notes.changed(path, 'not sent: it sets the effort of thinking, and the client did not enable thinking')
  else if (dialect.efforts.length === 0) notes.changed(path, 'the model has no effort levels')
  else if (nearestEffort(effort, dialect) !== effort)
    notes.changed(path, 'the model does not have this level: the nearest one is sent')
}

const switchOff = (
  request: MessagesRequest,
  isForced: boolean,
  { dialect, notes }: ChatContext,
): TranslatedReasoning => {
  const { off, unsaid = {} } = reasoningWords[dialect.reasoning]
  const fields = off(dialect)
  if (fields !== undefined) {
    if (!request.thinking) notes.changed(['tool_choice'], 'a forced tool: thinking is switched off')
    return { fields, isOff: true, mayForce: true }
  }
  if (request.thinking) notes.changed(['thinking'], 'thinking of this model cannot be switched off')
  return { fields: unsaid, isOff: false, mayForce: !isForced || dialect.forcedToolWithReasoning }
}

/** The fields to send. `isForced`: the request forces a tool, which the model may refuse while it reasons. */
const decide = (request: MessagesRequest, isForced: boolean, context: ChatContext): TranslatedReasoning => {
  const { dialect, notes } = context
  const intent = intentOf(request)
  const isRefused = isForced && dialect.reasoning !== 'none'
  noteEffort(request, intent, context)
  const { on, unsaid = {} } = reasoningWords[dialect.reasoning]
  if (intent.mode === 'on') {
    if (dialect.reasoning === 'none') notes.changed(['thinking'], 'no known switch for thinking at this provider')
    return { fields: on(intent, dialect), isOff: false, mayForce: !isRefused }
  }
  if (intent.mode === 'off' || isRefused) return switchOff(request, isRefused, context)
  return { fields: unsaid, isOff: false, mayForce: true }
}

/**
 * The fields for reasoning. `hasTools`: the request offers tools. `isForced`: the client forces the use of a tool. Most
 * models refuse that while they reason: then reasoning is switched off, or the model may choose (OU-Q65).
 */
export const toReasoning = (
  request: MessagesRequest,
  { hasTools, isForced }: { readonly hasTools: boolean; readonly isForced: boolean },
  context: ChatContext,
): TranslatedReasoning => {
  const { dialect, notes } = context
  if (hasTools && dialect.noEffortWithTools) {
    if (request.thinking?.type !== 'disabled')
      notes.changed(['thinking'], 'the model does not think while it has tools')
    return { fields: { reasoning_effort: 'none' }, isOff: true, mayForce: true }
  }
  const reasoning = decide(request, isForced, context)
  if (!dialect.preservesReasoningHistory || reasoning.isOff) return reasoning
  return { ...reasoning, fields: { ...reasoning.fields, reasoning_history: 'preserved' } }
}
