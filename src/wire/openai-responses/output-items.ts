import type { JsonObject } from '../schema.ts'

/** The items of an answer's output (OE-R30 to OE-R33). */

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

export interface SummaryPart {
  readonly type: 'summary_text'
  readonly text: string
}

export interface ReasoningItem {
  readonly type: 'reasoning'
  readonly id: string
  readonly summary: readonly SummaryPart[]
  /** Absent while the item is open, and for thinking that the model cannot take back. */
  readonly encrypted_content?: string
}

/** The indices count UTF-16 units of the part's text. The end is exclusive. */
export interface UrlCitation {
  readonly type: 'url_citation'
  readonly start_index: number
  readonly end_index: number
  readonly title: string
  readonly url: string
}

export interface TextPart {
  readonly type: 'output_text'
  readonly text: string
  readonly annotations: readonly UrlCitation[]
  readonly logprobs: readonly never[]
}

export interface MessageItem {
  readonly type: 'message'
  readonly id: string
  readonly role: 'assistant'
  readonly status: ItemStatus
  readonly content: readonly TextPart[]
}

interface CallItem {
  readonly id: string
  readonly call_id: string
  readonly status: ItemStatus
}

interface NamedCallItem extends CallItem {
  readonly name: string
  readonly namespace?: string
}

export interface FunctionCallItem extends NamedCallItem {
  readonly type: 'function_call'
  /** JSON text. */
  readonly arguments: string
}

export interface CustomCallItem extends NamedCallItem {
  readonly type: 'custom_tool_call'
  readonly input: string
}

/** A call of a tool that the client runs, and whose input has a shape of its own (OE-R24, OE-R25). */
export type HostedCallItem = CallItem &
  (
    | {
        readonly type: 'local_shell_call'
        readonly action: {
          readonly type: 'exec'
          readonly command: readonly string[]
          readonly env: Readonly<Record<string, string>>
          readonly timeout_ms?: number
          readonly working_directory?: string
        }
      }
    | {
        readonly type: 'shell_call'
        readonly action: {
          readonly commands: readonly string[]
          readonly timeout_ms: number | null
          readonly max_output_length: number | null
        }
        readonly environment: null
      }
    | { readonly type: 'apply_patch_call'; readonly operation: JsonObject }
    | { readonly type: 'tool_search_call'; readonly execution: 'client'; readonly arguments: JsonObject }
  )

/** A search that runs without the client. */
export interface WebSearchItem {
  readonly type: 'web_search_call'
  readonly id: string
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed'
  readonly action: {
    readonly type: 'search'
    /** For clients that do not know `queries`. */
    readonly query: string
    readonly queries: readonly string[]
    /** Only for a client that requests them by `include`. */
    readonly sources?: readonly { readonly type: 'url'; readonly url: string }[]
  }
}

/** A summary that replaces the conversation before it (OE-R45). */
export interface CompactionItem {
  readonly type: 'compaction'
  readonly id: string
  readonly encrypted_content: string
}

export type OutputItem =
  | ReasoningItem
  | MessageItem
  | FunctionCallItem
  | CustomCallItem
  | HostedCallItem
  | WebSearchItem
  | CompactionItem
