/** Answers of the Responses API as clients expect them (section 3.4). */

/** An item of the output. */
interface MessageItem {
  readonly type: 'message'
  readonly id: string
  readonly role: 'assistant'
  readonly status: 'in_progress' | 'completed' | 'incomplete'
  readonly content: readonly {
    readonly type: 'output_text'
    readonly text: string
    readonly annotations: readonly never[]
    readonly logprobs: readonly never[]
  }[]
}

export type OutputItem = MessageItem

export interface ResponseUsage {
  readonly input_tokens: number
  readonly input_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens: number }
  readonly output_tokens: number
  readonly output_tokens_details: { readonly reasoning_tokens: number }
  readonly total_tokens: number
}

/** The members that repeat the request. */
export type ResponseEcho = Readonly<Record<string, unknown>>

export interface ResponseObject extends ResponseEcho {
  readonly id: string
  readonly object: 'response'
  readonly created_at: number
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed'
  readonly completed_at: number | null
  readonly error: { readonly code: string; readonly message: string } | null
  readonly incomplete_details: { readonly reason: string } | null
  readonly model: string
  readonly output: readonly OutputItem[]
  readonly usage: ResponseUsage | null
}
