import type { SseEvent } from '../../tests/support/sse.ts'
/** One input for a test, which can be reduced. */

/** The request of a client. */
export interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | undefined
}

/** The bytes of a raw upstream's response. */
export interface UpstreamResponse {
  /** Status line and headers. */
  readonly head: string
  /** Each is a separate write. */
  readonly writes: readonly Uint8Array[]
  /** The state of the connection after the last write. */
  readonly end: 'end' | 'reset' | 'hang'
}

/** What a client got from a server that forwards bytes. */
export interface Relayed {
  /** 0 if the connection broke before the head. */
  readonly status: number
  readonly headers: Headers
  /** As far as it arrived. */
  readonly body: Uint8Array
  /** Whether the connection broke before the end. */
  readonly isBroken: boolean
}

export interface Subject {
  /** The kind of change, for the summary. */
  readonly kind: string
  /** The request of one run, which contains that run's canary. */
  sent(canary: string): Sent
  /** Undefined if the simulator answers. */
  readonly answer?: UpstreamResponse
  /** Returns a fault of a stream's events that the grammar does not cover. */
  streamFault?(events: readonly SseEvent[]): string | undefined
  /** Returns a fault of a forwarded answer. Replaces the checks of Anthropic's format. */
  judge?(relayed: Relayed, canary: string): string | undefined
  /** Smaller variants, the smallest first. */
  smaller(): Generator<Subject>
  /** A description for users. */
  describe(canary: string): string
}

/** Bytes for a terminal: text as it is, other bytes as base64. */
export const shown = (bytes: Uint8Array, longest = 2000): string => {
  const beginning = bytes.subarray(0, longest)
  const isBinary = beginning.some(
    (byte) => (byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) || byte === 0x7f,
  )
  const rest = bytes.length > longest ? ` ... (${bytes.length} bytes)` : ''
  return isBinary
    ? `base64 ${Buffer.from(beginning).toString('base64')}${rest}`
    : `${new TextDecoder().decode(beginning)}${rest}`
}
