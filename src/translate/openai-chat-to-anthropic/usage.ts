import { noUsage, toTokenCount, withUnknownFigures } from '../../messages/usage.ts'
import type { Usage } from '../../wire/anthropic/response.ts'
import type { ChatChoice, ChatResponse, ChatUsage } from '../../wire/openai-chat/response.ts'
import { toCacheCreation } from '../cache-lifetime.ts'
import type { ChatResponseContext } from './response-context.ts'

/** A server that reports no tokens at all has not counted yet. */
const isCounted = (usage: ChatUsage | null | undefined): usage is ChatUsage =>
  toTokenCount(usage?.prompt_tokens) > 0 || toTokenCount(usage?.completion_tokens) > 0

/** The usage of a response or a chunk, in any of its positions (OU-A30); undefined if it has no figures. */
export const usageIn = ({ usage, x_groq, choices }: ChatResponse): ChatUsage | undefined => {
  if (isCounted(usage)) return usage
  const first: ChatChoice | null | undefined = Array.isArray(choices) ? choices[0] : undefined
  if (isCounted(first?.usage)) return first.usage
  return isCounted(x_groq?.usage) ? x_groq.usage : undefined
}

/** The counts of cached tokens, which are included in `prompt_tokens`. */
const toCacheCounts = (usage: ChatUsage): { read: number; written: number } => {
  const { prompt_tokens_details: details, prompt_cache_hit_tokens, cached_tokens } = usage
  return {
    read: toTokenCount(details?.cached_tokens ?? prompt_cache_hit_tokens ?? cached_tokens),
    written: toTokenCount(details?.cache_write_tokens),
  }
}

/** Adds the reasoning if `completion_tokens` excludes it: then the total is the sum of all three (OU-A32). */
const toOutputTokens = (usage: ChatUsage): number => {
  const output = toTokenCount(usage.completion_tokens)
  const reasoning = toTokenCount(usage.completion_tokens_details?.reasoning_tokens)
  const isExtra = toTokenCount(usage.total_tokens) === toTokenCount(usage.prompt_tokens) + output + reasoning
  return isExtra ? output + reasoning : output
}

/** Tokens of the whole prompt and of the output; undefined if the upstream reports none. */
export const toTotals = (usage: ChatUsage | undefined) => ({
  promptTokens: usage === undefined ? undefined : toTokenCount(usage.prompt_tokens),
  outputTokens: usage === undefined ? undefined : toOutputTokens(usage),
})

/** A reported usage in Anthropic's form, whose `input_tokens` excludes cached tokens. */
const toReportedUsage = (usage: ChatUsage, { hourShare }: ChatResponseContext): Usage => {
  const prompt = toTokenCount(usage.prompt_tokens)
  const { read, written } = toCacheCounts(usage)
  return withUnknownFigures({
    // Old versions of xAI exclude cached tokens from the prompt.
    input_tokens: read > prompt ? prompt : Math.max(0, prompt - read - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    cache_creation: toCacheCreation({ read, written }, hourShare),
    output_tokens: toOutputTokens(usage),
    service_tier: 'standard',
  })
}

/** Estimates missing figures: clients use them to decide when to compact a conversation (OU-A33). */
const toEstimatedUsage = (output: string, context: ChatResponseContext): Usage => {
  const { inputTokens, outputTokens } = context.estimateUsage(output)
  context.onOddity?.('no usage: estimated')
  return { ...noUsage, input_tokens: inputTokens, output_tokens: outputTokens }
}

export const toServiceTier = (tier: unknown): Usage['service_tier'] => (tier === 'priority' ? 'priority' : 'standard')

/** Whether a figure is missing: every prompt has tokens, and so has every output. */
const isIncomplete = (usage: ChatUsage, output: string): boolean =>
  toTokenCount(usage.prompt_tokens) === 0 || (output !== '' && toTokenCount(usage.completion_tokens) === 0)

/** `output`: all output of the model, for an estimate. A stream has reported the service tier before. */
export const toUsage = (reported: ChatUsage | undefined, output: string, context: ChatResponseContext): Usage => {
  if (reported === undefined) return toEstimatedUsage(output, context)
  const usage = toReportedUsage(reported, context)
  if (!isIncomplete(reported, output)) return usage
  const estimated = toEstimatedUsage(output, context)
  return {
    ...usage,
    ...(toTokenCount(reported.prompt_tokens) === 0 && { input_tokens: estimated.input_tokens }),
    ...(usage.output_tokens === 0 && { output_tokens: estimated.output_tokens }),
  }
}
