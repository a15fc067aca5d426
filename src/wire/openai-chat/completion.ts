/**
 * Answers of Chat Completions as clients expect them (section 2 of OE). Source: the types of OpenAI's SDK, and for the
 * members of reasoning those of OpenRouter. tests/conformance/openai-completion-members.test.ts compares.
 */

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call'

/** All figures are tokens. */
export interface CompletionUsage {
  /** Cached ones, too. */
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
  readonly prompt_tokens_details: {
    readonly cached_tokens: number
    readonly cache_write_tokens: number
    readonly audio_tokens: 0
  }
  readonly completion_tokens_details: {
    readonly reasoning_tokens: number
    readonly audio_tokens: 0
    readonly accepted_prediction_tokens: 0
    readonly rejected_prediction_tokens: 0
  }
}

/** Indices are UTF-16 units of the message's content; the end is exclusive. */
interface UrlCitation {
  readonly start_index: number
  readonly end_index: number
  readonly title: string
  readonly url: string
}

export interface CompletionAnnotation {
  readonly type: 'url_citation'
  readonly url_citation: UrlCitation
}

/** `index` counts the blocks of thinking. In a stream, the entries of one index are parts of one block. */
export type ReasoningDetail =
  | {
      readonly type: 'reasoning.text'
      readonly text: string
      readonly signature?: string
      readonly format: 'anthropic-claude-v1'
      readonly index: number
    }
  | {
      readonly type: 'reasoning.encrypted'
      readonly data: string
      readonly format: 'anthropic-claude-v1'
      readonly index: number
    }

interface FunctionCall {
  readonly name: string
  /** JSON. */
  readonly arguments: string
}

interface CustomCall {
  readonly name: string
  readonly input: string
}

export type CompletionToolCall =
  | { readonly id: string; readonly type: 'function'; readonly function: FunctionCall }
  | { readonly id: string; readonly type: 'custom'; readonly custom: CustomCall }

export interface CompletionMessage {
  readonly role: 'assistant'
  readonly content: string | null
  readonly refusal: string | null
  readonly annotations: CompletionAnnotation[]
  readonly tool_calls?: CompletionToolCall[]
  readonly function_call?: FunctionCall
  readonly reasoning_content?: string
  readonly reasoning_details?: readonly ReasoningDetail[]
}

export interface Completion {
  readonly id: string
  readonly object: 'chat.completion'
  readonly created: number
  readonly model: string
  readonly choices: {
    readonly index: 0
    readonly message: CompletionMessage
    readonly logprobs: null
    readonly finish_reason: FinishReason
  }[]
  readonly usage: CompletionUsage
  readonly service_tier: 'default'
}

/** What a chunk adds to the message, where it is not one of the frequent deltas (`CompletionStep`). */
export interface CompletionDelta {
  readonly role?: 'assistant'
  readonly content?: string
  readonly refusal?: string
  readonly annotations?: readonly CompletionAnnotation[]
  readonly tool_calls?: readonly ({ readonly index: number } & CompletionToolCall)[]
  readonly function_call?: FunctionCall
  readonly reasoning_details?: readonly ReasoningDetail[]
}
