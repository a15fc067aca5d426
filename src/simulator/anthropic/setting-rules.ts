import type { CacheControl, ContentBlock, ToolResultContent } from '../../wire/anthropic/content.ts'
import { isCustomTool } from '../../wire/anthropic/request.ts'
import { longWindow } from './models.ts'
import { betaMembers } from './request-schema.ts'
import { blocksOf, type CheckedBody, firstOf, firstOfBlocks, hasBeta, type Rule } from './rule.ts'
import { countPrompt } from './tokens.ts'

/** The API's rules for the settings of a request: betas, tools, thinking, sampling, limits, cache marks, media. */

const betas: Rule = ({ body, betas: flags }) =>
  firstOf(Object.entries(betaMembers), ([member, beginnings]) => {
    const isSet = ((body as Readonly<Record<string, unknown>>)[member] ?? undefined) !== undefined
    return isSet && !beginnings.some((beginning) => hasBeta(flags, beginning))
      ? `${member}: Extra inputs are not permitted`
      : undefined
  })

const tools: Rule = ({ body: { tools: given, tool_choice: choice } }) => {
  const names = (given ?? []).flatMap(({ name }) => (typeof name === 'string' ? [name] : []))
  if (new Set(names).size < names.length) return 'tools: Tool names must be unique.'
  if (choice === undefined || choice === null) return undefined
  if (names.length === 0 && choice.type !== 'none') {
    return 'tool_choice: tool_choice may only be specified while providing tools.'
  }
  return choice.type === 'tool' && !names.includes(choice.name)
    ? `Tool '${choice.name}' not found in provided tools`
    : undefined
}

const combinators = ['oneOf', 'anyOf', 'allOf']

const toolSchemas: Rule = ({ body: { tools: given } }) =>
  firstOf(given ?? [], (tool, index) => {
    const isCombined = isCustomTool(tool) && combinators.some((word) => word in tool.input_schema)
    return isCombined
      ? `tools.${index}.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`
      : undefined
  })

const isThinking = ({ thinking }: CheckedBody): boolean => thinking?.type === 'enabled' || thinking?.type === 'adaptive'

const thinking: Rule = ({ body, model, betas: flags }) => {
  const setting = body.thinking
  if (setting === undefined || setting === null) return undefined
  if (!model.thinking.includes(setting.type)) {
    return setting.type === 'adaptive'
      ? 'adaptive thinking is not supported on this model'
      : `"thinking.type.${setting.type}" is not supported for this model.`
  }
  if (isThinking(body) && (body.tool_choice?.type === 'any' || body.tool_choice?.type === 'tool')) {
    return 'Thinking may not be enabled when tool_choice forces tool use.'
  }
  // With interleaved thinking, the budget is for all thinking of a turn.
  const isInterleaved = hasBeta(flags, 'interleaved-thinking-') && (body.tools ?? []).length > 0
  const { max_tokens: limit } = body
  return setting.type === 'enabled' && !isInterleaved && limit !== undefined && limit <= setting.budget_tokens
    ? '`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size'
    : undefined
}

const sampling: Rule = ({ body }) => {
  const { temperature = null, top_p: topP = null, top_k: topK = null } = body
  if (temperature !== null && topP !== null) {
    return '`temperature` and `top_p` cannot both be specified for this model. Please use only one.'
  }
  if (!isThinking(body)) return undefined
  if (temperature !== null && temperature !== 1) return '`temperature` may only be set to 1 when thinking is enabled.'
  if (topP !== null && topP < 0.95) return '`top_p` must be greater than or equal to 0.95 when thinking is enabled.'
  return topK === null ? undefined : '`top_k` must be unset when thinking is enabled.'
}

const effort: Rule = ({ body: { output_config: config }, model }) => {
  const level = config?.effort ?? undefined
  return level === undefined || model.efforts.includes(level)
    ? undefined
    : 'This model does not support the effort parameter.'
}

const stopSequences: Rule = ({ body: { stop_sequences: sequences } }) =>
  (sequences ?? []).some((sequence) => sequence.trim() === '')
    ? 'stop_sequences: each stop sequence must contain non-whitespace'
    : undefined

const limits: Rule = ({ body, model, betas: flags }) => {
  const { max_tokens: output } = body
  // A count has no limits.
  if (output === undefined) return undefined
  if (output > model.maxOutputTokens) {
    return `max_tokens: ${output} > ${model.maxOutputTokens}, which is the maximum allowed number of output tokens for ${model.id}`
  }
  const window = hasBeta(flags, 'context-1m-') ? longWindow : model.window
  const input = countPrompt(body)
  if (input > window) return `prompt is too long: ${input} tokens > ${window} maximum`
  return input + output > window
    ? `input length and \`max_tokens\` exceed context limit: ${input} + ${output} > ${window}, decrease input length or \`max_tokens\` and try again`
    : undefined
}

const maximumMarks = 4

/** Marks in the order of the prompt. */
const marksIn = ({ tools: given, system, messages, cache_control: automatic }: CheckedBody): CacheControl[] => {
  const marked = [
    ...(given ?? []),
    ...(Array.isArray(system) ? system : []),
    ...messages.flatMap(blocksOf),
    { cache_control: automatic },
  ]
  return marked.flatMap((part) => {
    const mark = 'cache_control' in part ? part.cache_control : undefined
    return mark === undefined || mark === null ? [] : [mark]
  })
}

const cacheMarks: Rule = ({ body }) => {
  const marks = marksIn(body)
  if (marks.length > maximumMarks) {
    return `A maximum of ${maximumMarks} blocks with cache_control may be provided. Found ${marks.length}.`
  }
  const firstShort = marks.findIndex(({ ttl }) => ttl !== '1h')
  return firstShort !== -1 && marks.findLastIndex(({ ttl }) => ttl === '1h') > firstShort
    ? "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: `tools`, `system`, `messages`."
    : undefined
}

const base64 = /^[A-Za-z0-9+/]+={0,2}$/
const maximumImageBytes = 5 * 1024 * 1024
const bytesOf = (data: string): number => Math.floor((data.length * 3) / 4)

/** Blocks, and the parts of tool results, have sources. */
const sources: Rule = ({ body }) =>
  firstOfBlocks(body, (block, path) => {
    const inResult = block.type === 'tool_result' && Array.isArray(block.content) ? block.content : undefined
    const parts: readonly (ContentBlock | ToolResultContent)[] = inResult ?? [block]
    return firstOf(parts, (part) => {
      if ((part.type !== 'image' && part.type !== 'document') || part.source.type !== 'base64') return undefined
      const { data } = part.source
      if (!base64.test(data)) return `${path}.${part.type}.source.base64: invalid base64 data`
      return part.type === 'image' && bytesOf(data) > maximumImageBytes
        ? `${path}.image.source.base64: image exceeds 5 MB maximum: ${bytesOf(data)} bytes > ${maximumImageBytes} bytes`
        : undefined
    })
  })

export const settingRules: readonly Rule[] = [
  betas,
  tools,
  toolSchemas,
  thinking,
  sampling,
  effort,
  stopSequences,
  cacheMarks,
  sources,
  limits,
]
