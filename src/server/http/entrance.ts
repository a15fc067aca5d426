import type { GatewayError } from '../../base/errors.ts'
import type { EventBatch } from '../../wire/anthropic/events.ts'

/** Writes one stream. May keep state between events: each stream has its own writer. */
export interface StreamWriter {
  /** The first text of a stream that starts without an event, because the upstream takes long. */
  opening(): string
  /** Keeps a silent connection open. */
  ping(): string
  /** Empty if the client's protocol has no text for these events. */
  batch(events: EventBatch): string
  /** Writes a failure in the middle, as the last text of the stream. */
  error(error: GatewayError): string
}

interface ErrorResponse {
  readonly status: number
  /** In addition to those of each protocol. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body: object
}

/** The parts of a client protocol that the shared server code needs. */
export interface Entrance {
  readonly name: string
  /** Headers of every answer, in addition to the shared ones. */
  headers?(requestId: string): Readonly<Record<string, string>>
  /** The status may differ from the error's own. */
  errorResponse(error: GatewayError, requestId: string): ErrorResponse
}
