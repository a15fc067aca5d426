import type { ErrorType } from '../base/errors.ts'
import type { FinalUsage } from '../wire/anthropic/events.ts'
import type { StopReason } from '../wire/anthropic/response.ts'

/**
 * How a request may end: with what was requested; with a refusal, for a fault of the client's; without a client;
 * or by a failure of ours, the upstream's, or of what the server was set up with.
 */
export type RequestOutcome = 'answered' | 'refused' | 'cancelled' | 'failed'

/** What is known of a request before anything is done for it. */
export interface RequestHead {
  readonly requestId: string
  /** The protocol that the client speaks. */
  readonly entrance: string
  readonly method: string
  /** Without its query, and safe for a terminal. */
  readonly path: string
  /** The client's own id of its session. */
  readonly session: string | undefined
  /** Milliseconds since 1970 at the start. */
  readonly at: number
}

/** What the server, the gateway and the upstream learn on the way. */
export interface RequestFacts {
  /** Bytes of the body's text, after decoding. */
  readonly bodyBytes?: number
  /** Name of the upstream that was called. */
  readonly upstream?: string
  /** The model as the client named it, where that is certain to be a model's name. */
  readonly model?: string
  /** The upstream's id of the model. */
  readonly used?: string
  readonly isStream?: boolean
  readonly upstreamRequestId?: string
  readonly stopReason?: StopReason
  readonly usage?: FinalUsage
  /** Result of a count of tokens. */
  readonly countedTokens?: number
}

/**
 * One request from its start to its true end, which is a stream's last byte and not its head. Figures and names, never
 * words of a client. Observers get it frozen.
 */
export interface RequestRecord extends RequestHead, RequestFacts {
  readonly outcome: RequestOutcome
  /** As sent; 499 where the client has gone. */
  readonly status: number
  /** Milliseconds from the start until the first event of the answer. */
  readonly firstEventMs: number | undefined
  readonly durationMs: number
  /** Requests that were sent to the upstream for this one. */
  readonly attempts: number
  readonly errorType: ErrorType | undefined
  /** Words of our own. */
  readonly errorReason: string | undefined
}

/** Has to return at once: an observer that needs time keeps a bounded queue. What it throws is logged. */
export type RequestObserver = (record: RequestRecord) => void
