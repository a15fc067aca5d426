import type { JsonObject } from '../../wire/schema.ts'
import type { HourShare } from '../cache-lifetime.ts'
import type { ChatDialect } from '../capabilities/chat-dialect.ts'

/** Data of the request that the translation of its Chat Completions response needs. */
export interface ChatResponseContext {
  /** The model's name as the client requested it (OU-A2). */
  readonly model: string
  readonly dialect: ChatDialect
  /** The client set `max_tokens: 0`, only to fill the prompt cache (OU-Q1). */
  readonly isPrewarm: boolean
  /** Returns the client's name of a tool for the name that the provider uses (OU-Q50). */
  readonly toClientToolName: (name: string) => string
  /** Limit of output tokens in the request that was sent (OU-A22). */
  readonly maxTokens: number
  /** Tokens of the model's context; undefined if the configuration has no limit (OU-E10). */
  readonly contextLimit?: number | undefined
  /** Schemas of the offered tools' parameters by tool name, both as sent (OU-A7, S18). */
  readonly offeredTools: ReadonlyMap<string, JsonObject>
  /** Ids of the conversation's tool calls, in a new set (OU-A8). */
  readonly usedToolCallIds: () => Set<string>
  /** The client's stop sequences, to interpret `stop_reason` of vLLM and SGLang (OU-A21). */
  readonly stopSequences: readonly string[]
  /** Stop sequences that the provider does not support (OU-S12). */
  readonly watchedStops: readonly string[]
  /** By the cache markers that were sent (CA-T6). */
  readonly hourShare: HourShare
  /** The client allows one tool call a turn (OU-Q64). */
  readonly isOneCallAllowed: boolean
  /** Estimates both token counts if the provider reports no usage (OU-A33). */
  readonly estimateUsage: (output: string) => { readonly inputTokens: number; readonly outputTokens: number }
  /** Reports a part of a response that has no translation. It gets names only, never content. */
  readonly onOddity?: (what: string) => void
}
