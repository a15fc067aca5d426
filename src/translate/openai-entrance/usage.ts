import type { FinalUsage } from '../../wire/anthropic/events.ts'
import type { CompletionUsage } from '../../wire/openai-chat/completion.ts'
import type { ResponseUsage } from '../../wire/openai-responses/response.ts'

/** All tokens of the prompt: Anthropic's `input_tokens` excludes the cached ones. */
const promptTokens = (usage: FinalUsage): number =>
  usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens

export const toCompletionUsage = (usage: FinalUsage): CompletionUsage => {
  const prompt = promptTokens(usage)
  return { prompt_tokens: prompt, completion_tokens: usage.output_tokens, total_tokens: prompt + usage.output_tokens }
}

export const toResponseUsage = (usage: FinalUsage): ResponseUsage => {
  const input = promptTokens(usage)
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage.cache_read_input_tokens,
      cache_write_tokens: usage.cache_creation_input_tokens,
    },
    output_tokens: usage.output_tokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + usage.output_tokens,
  }
}
