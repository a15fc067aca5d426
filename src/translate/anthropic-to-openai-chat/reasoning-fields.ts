import type { ReasoningFields } from '../../wire/openai-chat/request.ts'
import type { ChatDialect, Effort, ReasoningDialect } from '../capabilities/chat-dialect.ts'

/** The fields by which each provider switches reasoning on and off, as a table (OU-Q70 to Q84). */

/** Reasoning that is switched on. */
export interface ReasoningRequest {
  /** Undefined if the client does not set it. */
  readonly effort: Exclude<Effort, 'none'> | undefined
  /** Tokens that the client allows for reasoning. */
  readonly budget: number | undefined
}

interface Words {
  readonly on: (request: ReasoningRequest, dialect: ChatDialect) => ReasoningFields
  /** Undefined if the model has no way to switch it off. */
  readonly off: (dialect: ChatDialect) => ReasoningFields | undefined
  /** The fields if the client does not mention reasoning. */
  readonly unsaid?: ReasoningFields
}

/** Lowest first. */
const levels = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const

/** The level itself, the next lower one that the model has, or its lowest; undefined if it has no levels. */
export const nearestEffort = (effort: (typeof levels)[number], { efforts }: ChatDialect): Effort | undefined =>
  levels.slice(0, levels.indexOf(effort) + 1).findLast((level) => efforts.includes(level)) ??
  levels.find((level) => efforts.includes(level))

/** The usual default of models. Some models reason only if an effort is set. */
const usualEffort = 'medium'

const effortFields = (effort: (typeof levels)[number] | undefined, dialect: ChatDialect): ReasoningFields => {
  const level = effort === undefined ? undefined : nearestEffort(effort, dialect)
  return level === undefined ? {} : { reasoning_effort: level }
}

/** For models that the effort switches on and off. */
const byEffort: Words = {
  on: ({ effort = usualEffort }, dialect) => effortFields(effort, dialect),
  off: ({ efforts }) => (efforts.includes('none') ? { reasoning_effort: 'none' } : undefined),
}

/** For models with a separate switch; an effort is added if the model has levels. */
const bySwitch = (on: ReasoningFields, off: ReasoningFields): Words => ({
  on: ({ effort }, dialect) => ({ ...on, ...effortFields(effort, dialect) }),
  off: () => off,
})

const templateFields = (isOn: boolean, { templateSwitch }: ChatDialect): ReasoningFields => ({
  chat_template_kwargs: { [templateSwitch]: isOn },
})

/** Without this field, MiniMax writes its reasoning into the text (OU-Q77). */
const split: ReasoningFields = { reasoning_split: true }

const openRouterFields = (
  { effort, budget }: ReasoningRequest,
  dialect: ChatDialect,
): Exclude<ReasoningFields['reasoning'], undefined> => {
  if (dialect.reasoningBudget && budget !== undefined) return { max_tokens: budget }
  const level = effort === undefined ? undefined : nearestEffort(effort, dialect)
  return level === undefined ? { enabled: true } : { effort: level }
}

export const reasoningWords: Readonly<Record<ReasoningDialect, Words>> = {
  none: { on: () => ({}), off: () => undefined },
  openai: byEffort,
  nebius: byEffort,
  ollama: byEffort,
  mistral: byEffort,
  deepseek: {
    // DeepSeek treats its two highest levels as one.
    on: ({ effort }, dialect) => ({
      thinking: { type: 'enabled' },
      ...effortFields(effort === 'xhigh' ? 'max' : effort, dialect),
    }),
    off: () => ({ thinking: { type: 'disabled' } }),
  },
  zai: bySwitch({ thinking: { type: 'enabled', clear_thinking: false } }, { thinking: { type: 'disabled' } }),
  kimi: bySwitch({ thinking: { type: 'enabled' } }, { thinking: { type: 'disabled' } }),
  qwen: {
    on: ({ budget }) => ({ enable_thinking: true, ...(budget !== undefined && { thinking_budget: budget }) }),
    off: () => ({ enable_thinking: false }),
  },
  template: {
    on: (_request, dialect) => templateFields(true, dialect),
    off: (dialect) => templateFields(false, dialect),
  },
  minimax: {
    on: (_request, { thinkingSwitch }) => ({ ...split, ...(thinkingSwitch && { thinking: { type: 'adaptive' } }) }),
    off: ({ thinkingSwitch }) => (thinkingSwitch ? { ...split, thinking: { type: 'disabled' } } : undefined),
    unsaid: split,
  },
  openrouter: {
    on: (request, dialect) => ({ reasoning: openRouterFields(request, dialect) }),
    off: () => ({ reasoning: { effort: 'none' } }),
  },
  together: bySwitch({ reasoning: { enabled: true } }, { reasoning: { enabled: false } }),
  groq: {
    on: ({ effort = usualEffort }, dialect) => ({
      ...(dialect.effortWord === undefined ? effortFields(effort, dialect) : { reasoning_effort: dialect.effortWord }),
      reasoning_format: 'parsed',
    }),
    off: ({ effortWord }) => (effortWord === undefined ? undefined : { reasoning_effort: 'none' }),
  },
}
