import { byModel, firstOf, type Refusal, type Rule, type RuleContext } from './validation.ts'

/** The model's rules for its settings, and Converse's for the fields that it merges into its own. */

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const additional = ({ body }: RuleContext): Json => body.additionalModelRequestFields ?? {}
const thinkingOf = (context: RuleContext): Json | undefined => {
  const { thinking } = additional(context)
  return isObject(thinking) ? thinking : undefined
}
const isThinking = (context: RuleContext): boolean =>
  ['enabled', 'adaptive'].includes(String(thinkingOf(context)?.['type']))

/** Fields that Converse writes itself. */
const converseFields = [
  'model',
  'messages',
  'system',
  'max_tokens',
  'stop_sequences',
  'stream',
  'temperature',
  'top_p',
  'tools',
]
const knownFields = ['thinking', 'output_config', 'anthropic_beta', 'top_k', 'tool_choice']

const channels: Rule = (context) =>
  firstOf(Object.keys(additional(context)), (field) => {
    if (converseFields.includes(field)) return `The additional field ${field} conflicts with an existing field.`
    return knownFields.includes(field) ? undefined : byModel(`${field}: Extra inputs are not permitted`)
  })

const toolChoice: Rule = (context) => {
  const extra = additional(context)['tool_choice']
  if (!isObject(extra)) return undefined
  const chosen = context.body.toolConfig?.toolChoice
  if (context.body.toolConfig === undefined)
    return byModel('tool_choice: tool_choice may only be specified while providing tools.')
  if (chosen === undefined) return extra['type'] === undefined ? byModel('tool_choice.type: Field required') : undefined
  return extra['type'] === undefined
    ? undefined
    : `The additional field tool_choice/type conflicts with the existing field toolConfig.toolChoice.${Object.keys(chosen)[0]}. Remove tool_choice/type and try again.`
}

const betas: Rule = (context) => {
  const flags = additional(context)['anthropic_beta']
  if (flags === undefined) return undefined
  if (!Array.isArray(flags) || flags.length === 0) return byModel('anthropic_beta: Input should be a non-empty list')
  return flags.every((flag) => context.model.betas.includes(String(flag))) ? undefined : byModel('invalid beta flag')
}

const minimumBudget = 1024

const budgetRefusal = (thinking: Json, context: RuleContext): Refusal | undefined => {
  const budget = thinking['budget_tokens']
  if (typeof budget !== 'number') return byModel('thinking.enabled.budget_tokens: Field required')
  if (budget < minimumBudget)
    return byModel(`thinking.enabled.budget_tokens: Input should be greater than or equal to ${minimumBudget}`)
  return budget >= (context.body.inferenceConfig?.maxTokens ?? Number.POSITIVE_INFINITY)
    ? byModel('`max_tokens` must be greater than `thinking.budget_tokens`.')
    : undefined
}

const thinking: Rule = (context) => {
  const setting = thinkingOf(context)
  if (setting === undefined) return undefined
  const type = String(setting['type'])
  if (!context.model.thinking.includes(type)) {
    return byModel(
      type === 'adaptive'
        ? 'adaptive thinking is not supported on this model'
        : `"thinking.type.${type}" is not supported for this model.`,
    )
  }
  if (type === 'enabled') return budgetRefusal(setting, context)
  if ('budget_tokens' in setting) return byModel(`thinking.${type}.budget_tokens: Extra inputs are not permitted`)
  const flags = additional(context)['anthropic_beta']
  const mayUpdate = Array.isArray(flags) && flags.includes('thinking-display-updates-2026-08-18')
  return setting['display'] === 'updates' && !mayUpdate
    ? byModel("thinking.adaptive.display: Input should be 'summarized' or 'omitted'")
    : undefined
}

const sampling: Rule = (context) => {
  const { temperature, topP } = context.body.inferenceConfig ?? {}
  if (temperature !== undefined && topP !== undefined) {
    return byModel('`temperature` and `top_p` cannot both be specified for this model. Please use only one.')
  }
  if (!isThinking(context)) return undefined
  if (temperature !== undefined && temperature !== 1)
    return byModel('`temperature` may only be set to 1 when thinking is enabled.')
  if (topP !== undefined && topP < 0.95)
    return byModel('`top_p` must be greater than or equal to 0.95 when thinking is enabled.')
  return 'top_k' in additional(context) ? byModel('`top_k` must be unset when thinking is enabled.') : undefined
}

const forcedTool: Rule = (context) => {
  const choice = context.body.toolConfig?.toolChoice
  const isForced = choice !== undefined && !('auto' in choice)
  return isForced && isThinking(context)
    ? byModel('Thinking may not be enabled when tool_choice forces tool use.')
    : undefined
}

const effort: Rule = (context) => {
  const config = additional(context)['output_config']
  if (!isObject(config)) return undefined
  if (context.model.effort.length === 0) return byModel('output_config.effort: Extra inputs are not permitted')
  return firstOf(Object.entries(config), ([field, value]) => {
    if (field !== 'effort') return byModel(`output_config.${field}: Extra inputs are not permitted`)
    return context.model.effort.includes(String(value))
      ? undefined
      : byModel(`output_config.effort: Input should be one of ${context.model.effort.join(', ')}`)
  })
}

const limits: Rule = ({ body: { inferenceConfig }, model }) => {
  const { maxTokens = 0, stopSequences = [] } = inferenceConfig ?? {}
  if (maxTokens > model.maxOutputTokens) {
    return `The maximum tokens you requested exceeds the model limit of ${model.maxOutputTokens}. Try again with a maximum tokens value that is lower than ${model.maxOutputTokens}.`
  }
  return stopSequences.some((sequence) => sequence.trim() === '')
    ? byModel('stop_sequences: each stop sequence must contain non-whitespace')
    : undefined
}

const openObject = (schema: unknown): boolean => {
  if (Array.isArray(schema)) return schema.some(openObject)
  if (!isObject(schema)) return false
  if (schema['type'] === 'object' && schema['additionalProperties'] !== false) return true
  return Object.values(schema).some(openObject)
}

const format: Rule = ({ body }) => {
  const definition = body.outputConfig?.textFormat?.structure.jsonSchema
  if (definition === undefined) return undefined
  if (definition.name !== undefined && !/^[a-zA-Z0-9_-]{1,64}$/.test(definition.name))
    return byModel('output_config.format.name: invalid')
  try {
    return openObject(JSON.parse(definition.schema))
      ? byModel(
          "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
        )
      : undefined
  } catch {
    return byModel('output_config.format.schema: Input should be valid JSON')
  }
}

export const inferenceRules: readonly Rule[] = [
  channels,
  toolChoice,
  betas,
  thinking,
  sampling,
  forcedTool,
  effort,
  limits,
  format,
]
