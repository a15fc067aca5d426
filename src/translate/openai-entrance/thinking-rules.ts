import { compareVersions, type ModelVersion, parseModelName } from '../../messages/model-name.ts'
import type { ContentBlock } from '../../wire/anthropic/content.ts'
import type { InputMessage, MessagesRequest, Thinking } from '../../wire/anthropic/request.ts'
import { capabilitiesOf } from '../capabilities/table.ts'
import type { OpenAiContext } from './context.ts'
import { isThinkingBlock } from './thinking-content.ts'

/** From this version on, a block of thinking is bound to everything before it (OE-C53). */
const bindingVersion: ModelVersion = { major: 5, minor: 1 }
const bindingControlsBeta = 'thinking-binding-controls-2026-08-01'
/** A block that does not fit is left out, in place of a 400 for the whole request. */
const binding = { block_binding: { prefix_mismatch_behavior: 'drop_block' } }

const bindsThinking = (modelId: string): boolean => {
  const version = parseModelName(modelId)?.version
  return version !== undefined && compareVersions(version, bindingVersion) >= 0
}

/** Models that only think with a budget refuse a history of tool calls without their thinking. */
const requiresThinkingBack = (modelId: string): boolean => {
  const { isClaude, thinking } = capabilitiesOf(modelId)
  return isClaude && thinking.includes('enabled') && !thinking.includes('adaptive')
}

const has = ({ content }: InputMessage, fits: (block: ContentBlock) => boolean): boolean =>
  Array.isArray(content) && content.some(fits)

/** Whether the last step of the model calls tools, and the thinking since the question is lost. */
const hasLostThinking = ({ messages }: MessagesRequest): boolean => {
  const isQuestion = (message: InputMessage): boolean =>
    message.role === 'user' && !has(message, ({ type }) => type === 'tool_result')
  const answered = messages.slice(0, messages.findLastIndex(({ role }) => role === 'assistant') + 1)
  const last = answered.at(-1)
  if (last === undefined || !has(last, ({ type }) => type === 'tool_use')) return false
  return !answered.slice(answered.findLastIndex(isQuestion) + 1).some((step) => has(step, isThinkingBlock))
}

const isOn = (thinking: Thinking | null | undefined): thinking is Thinking =>
  thinking !== undefined && thinking !== null && thinking.type !== 'disabled'

/** A thinking model accepts none of them but a temperature of 1. */
const withoutSampling = (request: MessagesRequest, { notes }: OpenAiContext): MessagesRequest => {
  const { temperature, top_p, top_k, ...rest } = request
  for (const [name, value] of Object.entries({ temperature, top_p, top_k })) {
    if (value !== undefined && !(name === 'temperature' && value === 1))
      notes.changed([name], 'dropped: the model is thinking')
  }
  return rest
}

/** The tokens of the answer are in addition to the budget. */
const withRoomForBudget = (request: MessagesRequest, { model, notes }: OpenAiContext): MessagesRequest => {
  const { thinking, max_tokens: limit } = request
  if (thinking?.type !== 'enabled' || thinking.budget_tokens < limit) return request
  notes.changed(['max_tokens'], 'raised above the budget of thinking')
  const raised = Math.min(thinking.budget_tokens + limit, model.maxOutputTokens)
  if (raised > thinking.budget_tokens) return { ...request, max_tokens: raised }
  return { ...request, max_tokens: raised, thinking: { ...thinking, budget_tokens: raised - 1 } }
}

const withBinding = (request: MessagesRequest, { model }: OpenAiContext): MessagesRequest => {
  const { thinking, betas } = request
  if (!thinking || 'block_binding' in thinking || !bindsThinking(model.id)) return request
  const flags = betas ?? []
  return {
    ...request,
    thinking: { ...thinking, ...binding },
    betas: flags.includes(bindingControlsBeta) ? flags : [...flags, bindingControlsBeta],
  }
}

/**
 * Makes the rest of a request fit its thinking (OE-C53, OE-C60, OE-C65). `request`: with its whole conversation, because
 * a model may refuse to think after turns whose thinking is lost.
 */
export const withThinkingRules = (request: MessagesRequest, context: OpenAiContext): MessagesRequest => {
  if (!isOn(request.thinking)) return request
  if (requiresThinkingBack(context.model.id) && hasLostThinking(request)) {
    context.notes.changed(['thinking'], 'off: the thinking of the last tool calls is not in the request')
    const { thinking: _thinking, ...rest } = request
    return rest
  }
  return withBinding(withRoomForBudget(withoutSampling(request, context), context), context)
}
