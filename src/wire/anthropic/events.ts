import type { Message, ResponseBlock, StopDetails, StopReason, TextCitation, Usage } from './response.ts'
import type { SafeguardResult } from './safeguards.ts'

/**
 * The events of a streamed response. Their grammar, which the SDK's `MessageStream` enforces: `message_start`, then
 * blocks with contiguous indices, one open at a time, then `message_delta` and `message_stop`; or, at any point, one
 * `error`. `ping` may occur anywhere.
 */

export type BlockDelta =
  | { readonly type: 'text_delta'; readonly text: string }
  | { readonly type: 'input_json_delta'; readonly partial_json: string }
  | { readonly type: 'thinking_delta'; readonly thinking: string }
  /** The whole signature: the SDK replaces, it does not append. */
  | { readonly type: 'signature_delta'; readonly signature: string }
  | { readonly type: 'citations_delta'; readonly citation: TextCitation }

/** How a response ended. */
export interface Stop {
  readonly stop_reason: StopReason
  readonly stop_sequence: string | null
  readonly stop_details: StopDetails | null
  readonly container: null
  /** Only for a request with `safeguards`. */
  readonly safeguard_results?: readonly SafeguardResult[]
}

/** The figures at a response's end, which do not repeat tier, location and speed. */
export type FinalUsage = Omit<Usage, 'service_tier' | 'inference_geo' | 'speed'>

export type MessageStreamEvent =
  | { readonly type: 'message_start'; readonly message: Message }
  | { readonly type: 'ping' }
  | { readonly type: 'content_block_start'; readonly index: number; readonly content_block: ResponseBlock }
  | { readonly type: 'content_block_delta'; readonly index: number; readonly delta: BlockDelta }
  | { readonly type: 'content_block_stop'; readonly index: number }
  | {
      readonly type: 'message_delta'
      readonly delta: Stop
      readonly usage: FinalUsage
      readonly context_management: null
    }
  | { readonly type: 'message_stop' }

/** The events of one chunk from the upstream. The server sends them to the client in one write. */
export type EventBatch = readonly MessageStreamEvent[]
