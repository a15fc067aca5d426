import { asReminder } from '../../messages/conversation.ts'
import { parseModelName } from '../../messages/model-name.ts'
import type { Notes } from '../../messages/notes.ts'
import { supportedEffort, toBudget } from '../../messages/thinking-budget.ts'
import type { ContentBlock } from '../../wire/anthropic/content.ts'
import type { CountTokensRequest, InputMessage, MessagesRequest, Thinking } from '../../wire/anthropic/request.ts'
import { capabilitiesOf, type ModelCapabilities } from '../capabilities/table.ts'
import { toGrammarSchema } from '../grammar-schema.ts'
import { limitMarkers } from './cache-markers.ts'

/**
 * A request for one model of Anthropic's API, which refuses settings that the model does not have. Only for clients of
 * other protocols: Anthropic's own clients know the models, and their requests are forwarded unchanged.
 */

type AnyRequest = CountTokensRequest & Partial<Pick<MessagesRequest, 'max_tokens' | 'temperature' | 'top_p' | 'top_k'>>

type Step = <R extends AnyRequest>(request: R, model: ModelCapabilities, notes: Notes) => R

/** A count has no limit of its own. */
const countedTokens = 32_000

const fitThinking: Step = (request, model, notes) => {
  const { thinking, ...rest } = request
  const accepts = (type: Thinking['type']): boolean =>
    type === 'disabled' ? model.disabledThinking : model.thinking.includes(type)
  if (!thinking || accepts(thinking.type)) return request
  const { type, budget_tokens: _budget, ...members } = thinking as Thinking & { readonly budget_tokens?: number }
  if (type !== 'disabled' && accepts('adaptive')) {
    notes.changed(['thinking', 'type'], `the model accepts only adaptive thinking: '${type}' became 'adaptive'`)
    return { ...request, thinking: { ...members, type: 'adaptive' } }
  }
  const budget =
    type !== 'disabled' && accepts('enabled') ? toBudget({ max_tokens: countedTokens, ...request }) : undefined
  if (budget === undefined) {
    notes.changed(['thinking'], `dropped: the model does not accept '${type}' here`)
    return rest as typeof request
  }
  notes.changed(['thinking', 'type'], `the model requires a budget: '${type}' became 'enabled'`)
  return { ...request, thinking: { ...members, type: 'enabled', budget_tokens: budget } }
}

const willThink = ({ thinking }: AnyRequest, { thinksByDefault }: ModelCapabilities): boolean =>
  thinking ? thinking.type !== 'disabled' : thinksByDefault

const fitChoice: Step = (request, model, notes) => {
  const { tool_choice: choice } = request
  const isForced = choice?.type === 'any' || choice?.type === 'tool'
  const mayForce =
    model.forcedTool === 'always' || (model.forcedTool === 'without thinking' && !willThink(request, model))
  if (!isForced || mayForce) return request
  notes.changed(['tool_choice'], 'the model does not support a forced tool here: it may choose')
  const { disable_parallel_tool_use: isLimited } = choice
  return {
    ...request,
    tool_choice: { type: 'auto', ...(isLimited === true && { disable_parallel_tool_use: true }) },
  }
}

const fitSampling: Step = (request, { sampling }, notes) => {
  const { temperature = null, top_p: topP = null, top_k: topK = null } = request
  if (sampling === 'both' || (temperature === null && topP === null && topK === null)) return request
  if (sampling === 'one') {
    if (temperature === null || topP === null) return request
    notes.changed(['top_p'], 'dropped: the model accepts temperature or top_p, not both')
    const { top_p: _topP, ...rest } = request
    return rest as typeof request
  }
  const { temperature: _temperature, top_p: _topP, top_k: _topK, ...rest } = request
  for (const [name, value] of Object.entries({ temperature, top_p: topP, top_k: topK })) {
    const isNeutral = value === null || (name === 'temperature' && value === 1)
    if (!isNeutral) notes.changed([name], 'dropped: the model accepts no sampling parameters')
  }
  return rest as typeof request
}

const fitOutput: Step = (request, model, notes) => {
  const { output_config: config, ...rest } = request
  if (!config) return request
  const { effort, format, ...members } = config
  const level = effort ? supportedEffort(effort, model.effort) : undefined
  if (effort && level !== effort) notes.changed(['output_config', 'effort'], 'the model does not have this level')
  const fitted = {
    ...members,
    ...(level !== undefined && { effort: level }),
    ...(format && { format: { ...format, schema: toGrammarSchema(format.schema) as typeof format.schema } }),
  }
  return Object.keys(fitted).length === 0 ? (rest as typeof request) : { ...request, output_config: fitted }
}

/** A system message keeps its position, as text of the user. Without text, it only changes settings. */
const asUserMessages = ({ content = [] }: InputMessage): InputMessage[] => {
  const blocks: readonly ContentBlock[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content
  const texts = blocks.flatMap((block) => (block.type === 'text' ? [{ ...block, text: asReminder(block.text) }] : []))
  return texts.length === 0 ? [] : [{ role: 'user', content: texts }]
}

const fitMessages: Step = (request, { systemMessages }, notes) => {
  if (systemMessages || !request.messages.some(({ role }) => role === 'system')) return request
  const messages = request.messages.flatMap((message, index) => {
    if (message.role !== 'system') return [message]
    notes.changed(['messages', index, 'role'], 'the model accepts no system messages: sent as a reminder of the user')
    return asUserMessages(message)
  })
  return { ...request, messages }
}

const fitMarkers: Step = (request, _model, notes) => limitMarkers(request, notes)

/** `fitOutput` drops the effort from which `fitThinking` makes a budget; `fitChoice` depends on the thinking that is left. */
const steps: readonly Step[] = [fitThinking, fitChoice, fitSampling, fitOutput, fitMessages, fitMarkers]

const effortBeta = 'effort-2025-11-24'

export interface AcceptedRequest<R> {
  /** Without `betas`, which are a header. */
  readonly request: Omit<R, 'betas'>
  readonly betas: readonly string[]
}

/**
 * Drops or replaces what the model does not accept, and notes it. `modelId`: other names than Claude's are of servers
 * that imitate the API; their requests stay unchanged. `betas`: of the client's header.
 */
export const toAcceptedRequest = <R extends AnyRequest>(
  given: R,
  modelId: string,
  betas: readonly string[],
  notes: Notes,
): AcceptedRequest<R> => {
  const { betas: own, ...request } = given as R & Pick<MessagesRequest, 'betas'>
  const flags = new Set([...betas, ...(own ?? [])])
  if (parseModelName(modelId) === undefined) return { request, betas: [...flags] }
  const model = capabilitiesOf(modelId)
  const accepted = steps.reduce((fitted, step) => step(fitted, model, notes), request as unknown as R)
  if (model.effortBeta && accepted.output_config?.effort) flags.add(effortBeta)
  return { request: accepted, betas: [...flags] }
}
