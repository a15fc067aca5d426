import type { SseEvent } from '../../tests/support/sse.ts'
import type { Random } from '../support/random.ts'
import { toClientRequest } from './client-requests.ts'
import { smallerBytes } from './mutate-bytes.ts'
import type { Subject, UpstreamResponse } from './subject.ts'

/** Sends responses of any protocol, and damages streams of frames. */

/** A response before it becomes a subject. */
export interface Draft {
  readonly kind: string
  readonly isStream: boolean
  readonly path?: string
  /** Status line and headers, except the headers for the body's length. */
  readonly head: string
  readonly body: Uint8Array
  /** Number of writes for the body. */
  readonly writes: number
  readonly framing: 'chunked' | 'length' | 'close'
  readonly end: UpstreamResponse['end']
  readonly check?: (bytes: Uint8Array, events: readonly SseEvent[]) => string | undefined
}

/** An independent reading of a protocol's streams. */
export interface StreamReading {
  /** The valid frames at the start, and whether no byte is left after them. */
  readonly readFrames: (bytes: Uint8Array) => {
    readonly frames: readonly { readonly bytes: Uint8Array }[]
    readonly isWhole: boolean
  }
  /** The body as text for users. */
  readonly show: (bytes: Uint8Array) => string
  /** Returns a sentence for a stream that ends like a complete one without being complete. */
  readonly fakeStop: (bytes: Uint8Array, events: readonly SseEvent[]) => string | undefined
}

export const headOf = (status: number, ...headers: string[]): string =>
  [`HTTP/1.1 ${status} Said`, ...headers].join('\r\n')
const cutIn = (bytes: Uint8Array, count: number): Uint8Array[] => {
  const size = Math.max(1, Math.ceil(bytes.length / count))
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
}

/** Each response closes its connection: with a wrong length, it would break the next response on it. */
export const toResponse = ({ head, body, writes, framing, end }: Draft): UpstreamResponse => {
  const parts = cutIn(body, writes)
  if (framing === 'chunked') {
    const chunks = parts.map((part) =>
      Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]),
    )
    const last = end === 'end' ? [Buffer.from('0\r\n\r\n')] : []
    return {
      head: `${head}\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n`,
      writes: [...chunks, ...last],
      end,
    }
  }
  const length =
    framing === 'length' ? `\r\nconnection: close\r\ncontent-length: ${body.length}` : '\r\nconnection: close'
  return { head: `${head}${length}\r\n\r\n`, writes: parts, end }
}

export const toSubject = (draft: Draft, reading: StreamReading): Subject => {
  const { readFrames, show, fakeStop } = reading
  const { kind, isStream, path = '/v1/messages', head, body, end, check } = draft
  return {
    kind,
    answer: toResponse(draft),
    sent: (canary) => toClientRequest(draft, canary),
    // A reset can arrive before bytes that were sent earlier.
    streamFault: (events) => (end === 'reset' ? fakeStop(body, events) : (check ?? fakeStop)(body, events)),
    *smaller() {
      if (draft.writes > 1) yield toSubject({ ...draft, writes: 1 }, reading)
      const { frames, isWhole } = readFrames(body)
      // Removes whole frames only: a cut frame would be a different fault.
      for (const index of isWhole ? frames.keys() : [])
        yield toSubject(
          { ...draft, body: Buffer.concat(frames.toSpliced(index, 1).map(({ bytes }) => bytes)) },
          reading,
        )
      for (const less of smallerBytes(body)) yield toSubject({ ...draft, body: less }, reading)
    },
    describe: () =>
      `${isStream ? 'stream' : 'whole'} ${path}, ${draft.framing}, ${draft.writes} writes, then ${end}\n${head}\n\n${show(body)}`,
  }
}

/** Removes, repeats or moves some frames. */
export const shuffled = (frames: readonly Uint8Array[], random: Random): Uint8Array[] => {
  const order = [...frames]
  for (let change = 1 + random.below(4); change > 0; change -= 1) {
    const at = random.below(order.length)
    const frame = order[at] as Uint8Array
    random.pick([
      () => order.splice(at, 1),
      () => order.splice(at, 0, frame),
      () => order.splice(random.below(order.length), 0, ...order.splice(at, 1)),
    ])()
    if (order.length === 0) return [frame]
  }
  return order
}

/** Changes one byte, cuts the stream there, or adds a byte; consecutive indexes go through all bytes. */
export const sweepOf = (frames: readonly Uint8Array[], index: number): Uint8Array => {
  const bytes = Buffer.concat(frames)
  const at = Math.floor(index / 3) % bytes.length
  if (index % 3 === 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << (Math.floor(index / (3 * bytes.length)) % 8))
  if (index % 3 === 1) return bytes.subarray(0, at)
  return index % 3 === 0 ? bytes : Buffer.concat([bytes.subarray(0, at), Buffer.from('!'), bytes.subarray(at)])
}

const hangs = 0.004

/** How the bytes of a stream are sent. */
export const randomDelivery = (random: Random): Pick<Draft, 'writes' | 'framing' | 'end'> => ({
  end: random.chance(hangs) ? 'hang' : random.chance(0.1) ? 'reset' : 'end',
  framing: random.pick(['chunked', 'chunked', 'chunked', 'length', 'close'] as const),
  writes: random.pick([1, 2, 7, 300]),
})
