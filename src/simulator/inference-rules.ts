import { isObject, type Json } from '../base/json.ts'
import { byModel, firstOf, isBlank, type Refusal, type Rule, type RuleContext } from './rule.ts'

/** The model's rules for its settings, and Converse's for the fields that it merges into its own. */

const additional = ({ body }: RuleContext): Json => body.additionalModelRequestFields ?? {}
const thinkingOf = (context: RuleContext): Json | undefined => {
  const { thinking } = additional(context)
  return isObject(thinking) ? thinking : undefined
}
const isThinking = (context: RuleContext): boolean =>
  ['enabled', 'adaptive'].includes(String(thinkingOf(context)?.['type']))

/** Fields that Converse writes itself, with the condition. */
const converseFields: Readonly<Record<string, (context: RuleContext) => boolean>> = {
  model: () => true,
  messages: () => true,
  max_tokens: () => true,
  stream: () => true,
  system: ({ body }) => body.system !== undefined,
  stop_sequences: ({ body }) => body.inferenceConfig?.stopSequences !== undefined,
  temperature: ({ body }) => body.inferenceConfig?.temperature !== undefined,
  top_p: ({ body }) => body.inferenceConfig?.topP !== undefined,
}

const isObjectOrAbsent = (value: unknown): boolean => value === undefined || isObject(value)

/** The model's own fields, with a check of each. */
const modelFields: Readonly<Record<string, (value: unknown, flags: readonly unknown[]) => boolean>> = {
  thinking: isObjectOrAbsent,
  reasoning_config: isObjectOrAbsent,
  output_config: isObjectOrAbsent,
  tool_choice: isObjectOrAbsent,
  anthropic_beta: Array.isArray,
  top_k: (value) => Number.isInteger(value),
  tools: Array.isArray,
  context_management: (value, flags) => isObject(value) && flags.includes('context-management-2025-06-27'),
  safeguards: (value, flags) => isObject(value) && flags.includes('dangerous-tool-use-2026-09-03'),
}

const channels: Rule = (context) => {
  const fields = additional(context)
  const flags = Array.isArray(fields['anthropic_beta']) ? fields['anthropic_beta'] : []
  return firstOf(Object.entries(fields), ([field, value]) => {
    if (Object.hasOwn(converseFields, field) && converseFields[field]?.(context) === true) {
      return `The additional field ${field} conflicts with an existing field.`
    }
    const isValid = Object.hasOwn(modelFields, field)
      ? modelFields[field]?.(value, flags) === true
      : Object.hasOwn(converseFields, field)
    return isValid ? undefined : byModel(`${field}: Extra inputs are not permitted`)
  })
}

/** Tools in Anthropic's own form are additional to Converse's: they need different names and their beta flag. */
const nativeTools: Rule = (context) => {
  const { tools, anthropic_beta: flags } = additional(context)
  if (!Array.isArray(tools)) return undefined
  const names = (context.body.toolConfig?.tools ?? []).map((tool) => ('toolSpec' in tool ? tool.toolSpec.name : ''))
  return firstOf(tools, (tool: unknown, index) => {
    if (!isObject(tool) || typeof tool['type'] !== 'string') return byModel(`tools.${index}.type: Field required`)
    if (names.includes(String(tool['name']))) return byModel('tools: Tool names must be unique.')
    const version = /^computer_(\d{4})(\d{2})(\d{2})$/.exec(tool['type'])
    const beta = version && `computer-use-${version[1]}-${version[2]}-${version[3]}`
    return beta && Array.isArray(flags) && flags.includes(beta)
      ? undefined
      : byModel(
          `tools.${index}: Input tag '${tool['type']}' found using 'type' does not match any of the expected tags`,
        )
  })
}

const toolChoice: Rule = (context) => {
  const extra = additional(context)['tool_choice']
  if (!isObject(extra)) return undefined
  const chosen = context.body.toolConfig?.toolChoice
  if (extra['type'] !== undefined && !['auto', 'any', 'tool', 'none'].includes(String(extra['type']))) {
    return byModel("tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'")
  }
  if (context.body.toolConfig === undefined && additional(context)['tools'] === undefined)
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
  const { anthropic_beta: flags, tools } = additional(context)
  const isInterleaved = Array.isArray(flags) && flags.includes('interleaved-thinking-2025-05-14')
  // Then the budget is for all of a turn's thinking, between its tool calls.
  if (isInterleaved && (context.body.toolConfig ?? tools) !== undefined) return undefined
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
  const flags = additional(context)['anthropic_beta']
  const mayUpdate = Array.isArray(flags) && flags.includes('thinking-display-updates-2026-08-18')
  if (setting['display'] === 'updates' && !mayUpdate) {
    return byModel(`thinking.${type}.display: Input should be 'summarized' or 'omitted'`)
  }
  if (type === 'enabled') return budgetRefusal(setting, context)
  return 'budget_tokens' in setting
    ? byModel(`thinking.${type}.budget_tokens: Extra inputs are not permitted`)
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

/** `'low', 'medium' or 'high'` */
const oneOf = (values: readonly string[]): string =>
  values
    .map((value) => `'${value}'`)
    .join(', ')
    .replace(/, ('[^']*')$/, ' or $1')

const effort: Rule = (context) => {
  const config = additional(context)['output_config']
  const native = context.body.outputConfig?.effort
  if (native !== undefined && isObject(config) && 'effort' in config) {
    return 'The additional field output_config/effort conflicts with the existing field outputConfig.effort.'
  }
  if (native !== undefined && !context.model.effort.includes(native))
    return byModel('output_config.effort: Extra inputs are not permitted')
  if (!isObject(config)) return undefined
  if (context.model.effort.length === 0) return byModel('output_config.effort: Extra inputs are not permitted')
  return firstOf(Object.entries(config), ([field, value]) => {
    if (field !== 'effort') return byModel(`output_config.${field}: Extra inputs are not permitted`)
    return context.model.effort.includes(String(value))
      ? undefined
      : byModel(`output_config.effort: Input should be ${oneOf(context.model.effort)}`)
  })
}

const limits: Rule = ({ body: { inferenceConfig }, model }) => {
  const { maxTokens = 0, stopSequences = [] } = inferenceConfig ?? {}
  if (maxTokens > model.maxOutputTokens) {
    return `The maximum tokens you requested exceeds the model limit of ${model.maxOutputTokens}. Try again with a maximum tokens value that is lower than ${model.maxOutputTokens}.`
  }
  return stopSequences.some(isBlank)
    ? byModel('stop_sequences: each stop sequence must contain non-whitespace')
    : undefined
}

const boundKeywords = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'multipleOf']
const literalKeywords = ['enum', 'const', 'default', 'examples']
/** Keywords whose members are names of the user. */
const namedSchemas = ['properties', '$defs', 'definitions', 'patternProperties', 'dependentSchemas']

/** What Bedrock's grammar compiler refuses anywhere in a schema. */
const schemaRefusal = (schema: unknown): Refusal | undefined => {
  if (Array.isArray(schema)) return firstOf(schema, schemaRefusal)
  if (!isObject(schema)) return undefined
  if (schema['type'] === 'object' && schema['additionalProperties'] !== false) {
    return byModel(
      "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
    )
  }
  const bound = boundKeywords.find((keyword) => keyword in schema)
  if (bound !== undefined) return byModel(`output_config.format.schema: property '${bound}' is not supported`)
  return firstOf(Object.entries(schema), ([keyword, value]) => {
    if (literalKeywords.includes(keyword)) return undefined
    return schemaRefusal(namedSchemas.includes(keyword) && isObject(value) ? Object.values(value) : value)
  })
}

const format: Rule = ({ body, model }) => {
  const definition = body.outputConfig?.textFormat?.structure.jsonSchema
  if (definition === undefined) return undefined
  if (model.structuredOutput === false) return byModel('output_config.format: Extra inputs are not permitted')
  if (definition.name !== undefined && !/^[a-zA-Z0-9_-]{1,64}$/.test(definition.name))
    return byModel('output_config.format.name: invalid')
  try {
    return schemaRefusal(JSON.parse(definition.schema))
  } catch {
    return byModel('output_config.format.schema: Input should be valid JSON')
  }
}

export const inferenceRules: readonly Rule[] = [
  channels,
  nativeTools,
  toolChoice,
  betas,
  thinking,
  sampling,
  forcedTool,
  effort,
  limits,
  format,
]
