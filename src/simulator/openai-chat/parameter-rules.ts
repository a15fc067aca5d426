import { type ChatRefusal, listed } from './refusal.ts'
import type { ChatRule } from './rule.ts'
import type { ChatBody } from './schema.ts'

/** OpenAI's rules for limits, sampling and effort, which depend on the model. */

const unsupportedParameter = (param: string, more = ''): ChatRefusal => ({
  message: `Unsupported parameter: '${param}' is not supported with this model.${more}`,
  param,
  code: 'unsupported_parameter',
})

const isReasoner = ({ efforts }: { readonly efforts: readonly string[] }): boolean => efforts.length > 0

const limitMember: ChatRule = ({ body, model }) => {
  if ((body.max_tokens ?? undefined) === undefined) return undefined
  if ((body.max_completion_tokens ?? undefined) !== undefined) {
    return {
      message: "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      param: 'max_tokens',
      code: 'invalid_parameter_combination',
    }
  }
  return isReasoner(model) ? unsupportedParameter('max_tokens', " Use 'max_completion_tokens' instead.") : undefined
}

export const requestedOutput = (body: ChatBody): number | undefined =>
  body.max_completion_tokens ?? body.max_tokens ?? undefined

const outputLimit: ChatRule = ({ body, model }) => {
  const requested = requestedOutput(body)
  if (requested === undefined || requested <= model.maxOutputTokens) return undefined
  return {
    message: `max_tokens is too large: ${requested}. This model supports at most ${model.maxOutputTokens} completion tokens, whereas you provided ${requested}.`,
    param: body.max_completion_tokens == null ? 'max_tokens' : 'max_completion_tokens',
    code: 'invalid_value',
  }
}

const sampling: ChatRule = ({ body, model }) => {
  if (model.sampling) return undefined
  const param = (['temperature', 'top_p'] as const).find((name) => (body[name] ?? 1) !== 1)
  return param === undefined
    ? undefined
    : {
        message: `Unsupported value: '${param}' does not support ${body[param]} with this model. Only the default (1) value is supported.`,
        param,
        code: 'unsupported_value',
      }
}

const stop: ChatRule = ({ body, model }) =>
  (body.stop ?? undefined) === undefined || model.stop ? undefined : unsupportedParameter('stop')

const effort: ChatRule = ({ body: { reasoning_effort: level, tools }, model }) => {
  const { id, efforts, noEffortWithTools = false } = model
  if (noEffortWithTools && tools !== undefined && level !== 'none') {
    return {
      message: `Function tools with reasoning_effort are not supported for ${id} in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.`,
      param: 'reasoning_effort',
    }
  }
  if ((level ?? undefined) === undefined || efforts.includes(String(level))) return undefined
  return efforts.length === 0
    ? { message: 'Unrecognized request argument supplied: reasoning_effort' }
    : {
        message: `Unsupported value: 'reasoning_effort' does not support '${level}' with this model. Supported values are: ${listed(efforts)}.`,
        param: 'reasoning_effort',
        code: 'unsupported_value',
      }
}

const streamOptions: ChatRule = ({ body }) =>
  (body.stream_options ?? undefined) === undefined || body.stream === true
    ? undefined
    : {
        message: "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
        param: 'stream_options',
      }

const logprobs: ChatRule = ({ body }) =>
  (body.top_logprobs ?? undefined) === undefined || body.logprobs === true
    ? undefined
    : { message: "'top_logprobs' is only allowed when 'logprobs' is true.", param: 'top_logprobs' }

/** Rules of every server. */
export const limitRules: readonly ChatRule[] = [outputLimit, streamOptions]

/** Rules of OpenAI's own models. */
export const openAiParameterRules: readonly ChatRule[] = [limitMember, sampling, stop, effort, logprobs]
