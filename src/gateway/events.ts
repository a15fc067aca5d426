import type { GatewayError } from '../base/errors.ts'
import type { FinalUsage } from '../wire/anthropic/events.ts'
import type { StopReason } from '../wire/anthropic/response.ts'

/** What happened to one request for an answer. Never what was said in it. */
export interface AnsweredRequest {
  readonly requestId: string
  readonly upstreamRequestId: string | undefined
  readonly modelAsked: string
  readonly modelUsed: string
  readonly isStream: boolean
  /** Milliseconds until the first event was in hand. */
  readonly firstEventMs: number | undefined
  readonly durationMs: number
  readonly stopReason: StopReason | undefined
  readonly usage: FinalUsage | undefined
}

/** Observers subscribe to these; a new one is a new file here. */
export type GatewayEvent =
  | ({ readonly type: 'answered' } & AnsweredRequest)
  | ({ readonly type: 'failed'; readonly error: GatewayError } & AnsweredRequest)
  /** The client went before the answer was complete. */
  | ({ readonly type: 'cancelled' } & AnsweredRequest)

export type GatewayObserver = (event: GatewayEvent) => void
