import type { FinalUsage } from '../../wire/anthropic/events.ts'
import type { CompletionUsage } from '../../wire/openai-chat/completion.ts'
import type { ResponseObject, ResponseUsage } from '../../wire/openai-responses/response.ts'

/** All tokens of the prompt: Anthropic's `input_tokens` excludes the cached ones. */
const promptTokens = (usage: FinalUsage): number =>
  usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens

/** The usual average of English text. */
const charactersPerToken = 4

/** An estimate: Anthropic counts thinking among the output, and does not say how much of it. */
const reasoningTokens = (usage: FinalUsage, thinkingCharacters: number): number =>
  Math.min(usage.output_tokens, Math.ceil(thinkingCharacters / charactersPerToken))

/** `thinkingCharacters`: of all thinking in the answer (OE-C84). */
export const toCompletionUsage = (usage: FinalUsage, thinkingCharacters: number): CompletionUsage => {
  const prompt = promptTokens(usage)
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.output_tokens,
    total_tokens: prompt + usage.output_tokens,
    prompt_tokens_details: {
      cached_tokens: usage.cache_read_input_tokens,
      cache_write_tokens: usage.cache_creation_input_tokens,
      audio_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: reasoningTokens(usage, thinkingCharacters),
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

/** `thinkingCharacters`: of all thinking in the answer (OE-R40). */
export const toResponseUsage = (usage: FinalUsage, thinkingCharacters: number): ResponseUsage => {
  const input = promptTokens(usage)
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage.cache_read_input_tokens,
      cache_write_tokens: usage.cache_creation_input_tokens,
    },
    output_tokens: usage.output_tokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens(usage, thinkingCharacters) },
    total_tokens: input + usage.output_tokens,
  }
}

const noImages = {
  input_tokens: 0,
  input_tokens_details: { image_tokens: 0, text_tokens: 0 },
  output_tokens: 0,
  total_tokens: 0,
}

/** The searches that had an answer, for a request that could search. */
export const toToolUsage = ({ server_tool_use: used }: FinalUsage): Pick<ResponseObject, 'tool_usage'> =>
  used === null ? {} : { tool_usage: { image_gen: noImages, web_search: { num_requests: used.web_search_requests } } }
