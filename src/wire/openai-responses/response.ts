import type { JsonObject } from '../schema.ts'
import type { OutputItem } from './output-items.ts'

/** Answers of the Responses API as clients expect them (section 3.4). */

export interface ResponseUsage {
  readonly input_tokens: number
  readonly input_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens: number }
  readonly output_tokens: number
  readonly output_tokens_details: { readonly reasoning_tokens: number }
  readonly total_tokens: number
}

export interface ResponseFailure {
  readonly code: string
  readonly message: string
}

/** The members that repeat the request. */
export type ResponseEcho = Readonly<Record<string, unknown>>

export interface ResponseObject extends ResponseEcho {
  readonly id: string
  readonly object: 'response'
  /** Seconds since 1970. */
  readonly created_at: number
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed'
  readonly completed_at: number | null
  readonly error: ResponseFailure | null
  readonly incomplete_details: { readonly reason: 'max_output_tokens' } | null
  readonly model: string
  readonly output: readonly OutputItem[]
  readonly usage: ResponseUsage | null
  readonly tool_usage?: {
    /** The SDK's type requires it. */
    readonly image_gen: JsonObject
    readonly web_search: { readonly num_requests: number }
  }
}
