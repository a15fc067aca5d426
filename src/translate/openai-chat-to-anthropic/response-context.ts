import type { JsonObject } from '../../wire/schema.ts'
import type { ChatDialect } from '../capabilities/chat-dialect.ts'

/** What the translation of a Chat Completions response must know of its request. */
export interface ChatResponseContext {
  /** The model's name as the client requested it (OU-A2). */
  readonly model: string
  readonly dialect: ChatDialect
  /** The client set `max_tokens: 0`: only the prompt cache was to be filled (OU-Q1). */
  readonly isPrewarm: boolean
  /** The client's name of a tool, from the name that the provider uses (OU-Q50). */
  readonly toClientToolName: (name: string) => string
  /** Limit of output tokens in the request that was sent (OU-A22). */
  readonly maxTokens: number
  /** The tools on offer: their parameters' schemas by their names, both as they were sent (OU-A7, S18). */
  readonly offeredTools: ReadonlyMap<string, JsonObject>
  /** Ids of the conversation's tool calls, in a new set (OU-A8). */
  readonly usedToolCallIds: () => Set<string>
  /** The client's stop sequences, by which `stop_reason` of vLLM and SGLang is read (OU-A21). */
  readonly stopSequences: readonly string[]
  /** Stop sequences that the provider does not watch for (OU-S12). */
  readonly watchedStops: readonly string[]
  /** The client allows one tool call a turn (OU-Q64). */
  readonly isOneCallAllowed: boolean
  /** Estimates of both counts, where the provider reports no usage (OU-A33). */
  readonly estimateUsage: (output: string) => { readonly inputTokens: number; readonly outputTokens: number }
  /** Reports what a response holds and has no translation. Names alone, never content. */
  readonly onOddity?: (what: string) => void
}
