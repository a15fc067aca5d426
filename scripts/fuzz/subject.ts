import type { SseEvent } from '../../tests/support/sse.ts'
/** One thing that is tried: what goes in, and how it can be made smaller. */

/** What a client sends. */
export interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | undefined
}

/** What a raw upstream answers, byte by byte. */
export interface UpstreamResponse {
  /** Status line and headers. */
  readonly head: string
  /** Each is a write of its own. */
  readonly writes: readonly Uint8Array[]
  /** What becomes of the connection after the last of them. */
  readonly end: 'end' | 'reset' | 'hang'
}

export interface Subject {
  /** What was done to it, for the figures. */
  readonly kind: string
  /** The request of one run, which has a word of its own in it. */
  sent(canary: string): Sent
  /** Undefined where the simulator answers. */
  readonly answer?: UpstreamResponse
  /** What is wrong with a stream's events, beyond the grammar. */
  streamFault?(events: readonly SseEvent[]): string | undefined
  /** The same, but less of it; the boldest first. */
  smaller(): Generator<Subject>
  /** For people. */
  describe(canary: string): string
}

/** Bytes for a terminal: as text where they are text, as base64 otherwise. */
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
