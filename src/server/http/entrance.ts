import type { GatewayError } from '../../base/errors.ts'
import type { EventBatch } from '../../wire/anthropic/events.ts'

/** How one stream is written. May keep state from event to event: each stream has its own. */
export interface StreamWriter {
  /** What keeps a silent connection open. */
  readonly ping: string
  /** Empty where the client's protocol has nothing to say for these events. */
  batch(events: EventBatch): string
  /** A failure in the middle, as the last of the stream. */
  error(error: GatewayError): string
}

/** A protocol that clients speak, as far as the routes of all protocols share the rest. */
export interface Entrance {
  readonly name: string
  /** The status may differ from the error's own. */
  errorResponse(error: GatewayError, requestId: string): { readonly status: number; readonly body: object }
}
