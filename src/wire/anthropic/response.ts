/**
 * Responses as clients expect them. Source: Anthropic's Messages API and its SDK's types, with the beta types. Members
 * that the SDK requires are present, or null if unknown: tests/conformance/answer-members.test.ts compares.
 */

import type { JsonObject } from '../schema.ts'
import type { Diagnostics } from './diagnostics.ts'
import type { SafeguardResult } from './safeguards.ts'

export type StopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'pause_turn'
  | 'refusal'
  | 'model_context_window_exceeded'

/** All figures are tokens. `input_tokens` excludes tokens read from or written to the cache. */
export interface Usage {
  readonly input_tokens: number
  readonly cache_creation_input_tokens: number
  readonly cache_read_input_tokens: number
  readonly cache_creation: {
    readonly ephemeral_5m_input_tokens: number
    readonly ephemeral_1h_input_tokens: number
  }
  readonly output_tokens: number
  readonly service_tier: 'standard' | 'priority'
  readonly output_tokens_details: null
  /** Null for a request without such a tool. */
  readonly server_tool_use: {
    /** Only those that had an answer. */
    readonly web_search_requests: number
    readonly web_fetch_requests: number
  } | null
  readonly inference_geo: null
  readonly speed: null
  readonly iterations: null
  readonly fallback_credit: null
}

interface DocumentCitation {
  readonly cited_text: string
  readonly document_index: number
  readonly document_title: string | null
  readonly file_id: null
}

/** Ends are exclusive. */
export type TextCitation =
  | (DocumentCitation & {
      readonly type: 'char_location'
      readonly start_char_index: number
      readonly end_char_index: number
    })
  | (DocumentCitation & {
      readonly type: 'page_location'
      readonly start_page_number: number
      readonly end_page_number: number
    })
  | (DocumentCitation & {
      readonly type: 'content_block_location'
      readonly start_block_index: number
      readonly end_block_index: number
    })
  | {
      readonly type: 'search_result_location'
      readonly cited_text: string
      readonly search_result_index: number
      readonly source: string
      readonly title: string | null
      readonly start_block_index: number
      readonly end_block_index: number
    }
  | {
      readonly type: 'web_search_result_location'
      readonly cited_text: string
      readonly url: string
      readonly title: string | null
      readonly encrypted_index: string
    }

/** The caller of a tool: the model, not code that it runs. */
interface DirectCaller {
  readonly type: 'direct'
}

interface ToolUse {
  readonly id: string
  readonly name: string
  readonly input: JsonObject
  readonly caller: DirectCaller
}

interface WebSearchResult {
  readonly type: 'web_search_result'
  readonly url: string
  readonly title: string
  readonly page_age: string | null
  readonly encrypted_content: string
}

export type WebSearchErrorCode =
  | 'invalid_tool_input'
  | 'unavailable'
  | 'max_uses_exceeded'
  | 'too_many_requests'
  | 'query_too_long'
  | 'request_too_large'

interface WebSearchError {
  readonly type: 'web_search_tool_result_error'
  readonly error_code: WebSearchErrorCode
}

interface WebSearchToolResult {
  readonly type: 'web_search_tool_result'
  readonly tool_use_id: string
  readonly caller: DirectCaller
  readonly content: readonly WebSearchResult[] | WebSearchError
}

export type ResponseBlock =
  | { readonly type: 'text'; readonly text: string; readonly citations: readonly TextCitation[] | null }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'redacted_thinking'; readonly data: string }
  | ({ readonly type: 'tool_use' } & ToolUse)
  /** The upstream runs this tool; the client does nothing. */
  | ({ readonly type: 'server_tool_use' } & ToolUse)
  | WebSearchToolResult

/** Why the model, or a filter in front of it, refused. */
export interface StopDetails {
  readonly type: 'refusal'
  readonly category: null
  readonly explanation: string | null
  readonly recommended_model: null
  readonly fallback_credit_token: null
  readonly fallback_has_prefill_claim: null
}

export interface Message {
  readonly id: string
  readonly type: 'message'
  readonly role: 'assistant'
  readonly model: string
  readonly content: readonly ResponseBlock[]
  readonly stop_reason: StopReason | null
  readonly stop_sequence: string | null
  readonly stop_details: StopDetails | null
  readonly container: null
  readonly context_management: null
  /** Null, too, for a request without `diagnostics`. */
  readonly diagnostics: Diagnostics | null
  /** Only for a request with `safeguards`. */
  readonly safeguard_results?: readonly SafeguardResult[]
  readonly usage: Usage
}

export interface ErrorBody {
  readonly type: 'error'
  readonly error: {
    readonly type: string
    readonly message: string
    readonly details?: Readonly<Record<string, unknown>>
  }
  readonly request_id: string
}
