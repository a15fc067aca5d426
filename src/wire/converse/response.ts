import type { Static } from '@sinclair/typebox'
import { OneOf } from '../schema.ts'

/**
 * The parts of Converse's responses that we read. No schema checks these types: added members are ignored, and every
 * member that we use may be missing.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */

export const ConverseStopReason = OneOf(
  'end_turn',
  'tool_use',
  'max_tokens',
  'stop_sequence',
  'guardrail_intervened',
  'content_filtered',
  'malformed_model_output',
  'malformed_tool_use',
  'model_context_window_exceeded',
)
export type ConverseStopReason = Static<typeof ConverseStopReason>

/** Tokens. `inputTokens` excludes tokens read from or written to the cache. */
export interface TokenUsage {
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly totalTokens?: number
  readonly cacheReadInputTokens?: number
  readonly cacheWriteInputTokens?: number
  readonly cacheDetails?: readonly { readonly ttl?: '5m' | '1h'; readonly inputTokens?: number }[]
}

interface CitationLocation {
  readonly documentChar?: DocumentSpan
  readonly documentPage?: DocumentSpan
  readonly documentChunk?: DocumentSpan
  readonly searchResultLocation?: {
    readonly searchResultIndex?: number
    readonly start?: number
    readonly end?: number
  }
  readonly web?: { readonly url?: string }
}

/** Ends are exclusive. */
export interface DocumentSpan {
  readonly documentIndex?: number
  readonly start?: number
  readonly end?: number
}

export interface Citation {
  readonly title?: string
  readonly source?: string
  readonly sourceContent?: readonly { readonly text?: string }[]
  readonly location?: CitationLocation
}

export interface OutputToolUse {
  readonly toolUseId: string
  readonly name: string
  readonly input?: unknown
  /** `server_tool_use` if the upstream runs the tool. */
  readonly type?: string
}

export interface OutputBlock {
  readonly text?: string
  readonly citationsContent?: {
    readonly content?: readonly { readonly text?: string }[]
    readonly citations?: readonly Citation[]
  }
  readonly reasoningContent?: {
    readonly reasoningText?: { readonly text?: string; readonly signature?: string }
    /** Base64. */
    readonly redactedContent?: string
  }
  readonly toolUse?: OutputToolUse
}

/** Where `additionalModelResponseFieldPaths` puts the stop sequence: in complete responses, and in streamed ones. */
export interface AdditionalResponseFields {
  readonly stop_sequence?: string | null
  readonly delta?: { readonly stop_sequence?: string | null }
}

export interface ConverseResponse {
  readonly output?: { readonly message?: { readonly content?: readonly OutputBlock[] } }
  readonly stopReason?: string
  readonly usage?: TokenUsage
  readonly additionalModelResponseFields?: AdditionalResponseFields | null
  readonly serviceTier?: { readonly type?: string }
}
