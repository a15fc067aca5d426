import type { GatewayError } from '../base/errors.ts'
import type { FinalUsage } from '../wire/anthropic/events.ts'
import type { StopReason } from '../wire/anthropic/response.ts'

/**
 * What the gateway alone knows of one request for an answer. Its id leads to what is known before and without an
 * answer (models, whether it is streamed, the upstream's id): observers/access-log.ts keeps that. Never what was said.
 */
export interface AnsweredRequest {
  readonly requestId: string
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
