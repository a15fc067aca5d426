/** Answers of Chat Completions as clients expect them (OE-C80 to OE-C84). */

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call'

export interface CompletionUsage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
}

export interface Completion {
  readonly id: string
  readonly object: 'chat.completion'
  readonly created: number
  readonly model: string
  readonly choices: readonly {
    readonly index: 0
    readonly message: {
      readonly role: 'assistant'
      readonly content: string | null
      readonly refusal: string | null
      readonly annotations: readonly never[]
    }
    readonly logprobs: null
    readonly finish_reason: FinishReason
  }[]
  readonly usage: CompletionUsage
  readonly service_tier: 'default'
}

/** What a chunk adds to the message. */
export interface CompletionDelta {
  readonly role?: 'assistant'
  readonly content?: string
}
