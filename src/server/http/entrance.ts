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
  /** Whether all its paths require the client token; otherwise the guard's own list decides. */
  readonly requiresToken?: true
  /** The message of the error without a valid client token. */
  readonly wrongTokenMessage: string
  /** The same, if clients can sign in here and the protocol's own client does that (SI-E1). */
  readonly signedOutMessage?: string
  /** The error for a path without a route. */
  unknownPath(path: string): GatewayError
  /** Headers of every answer, in addition to the shared ones. `requestId` is the one that the answer has. */
  headers?(requestId: string): Readonly<Record<string, string>>
  /** The name of the header with the milliseconds until the answer began. */
  readonly timeHeader?: string
  /** The status may differ from the error's own. */
  errorResponse(error: GatewayError, requestId: string): ErrorResponse
}
