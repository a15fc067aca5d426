import { gzipSync } from 'node:zlib'
import type { SseEvent } from '../../tests/support/sse.ts'
import type { Random } from '../support/random.ts'
import { canaryMark } from './corpus.ts'
import { type Decoded, damagedStreamFault, encodeDecoded, fakeStop, randomFrames, validFrames } from './frames.ts'
import { mutateBytes, smallerBytes } from './mutate-bytes.ts'
import { mutateJson, render } from './mutate-json.ts'
import { awsError, exceptions, headers, statuses, streamType, whole } from './response-parts.ts'
import { type Sent, type Subject, shown, type UpstreamResponse } from './subject.ts'

/** Responses that no correct upstream sends. */

interface Draft {
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

const headOf = (status: number, ...headers: string[]): string => [`HTTP/1.1 ${status} Said`, ...headers].join('\r\n')
const streamHead = headOf(200, `content-type: ${streamType}`)

const cutIn = (bytes: Uint8Array, count: number): Uint8Array[] => {
  const size = Math.max(1, Math.ceil(bytes.length / count))
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
}

/** Each response closes its connection: with a wrong length, it would break the next response on it. */
const toSimulatedResponse = ({ head, body, writes, framing, end }: Draft): UpstreamResponse => {
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

const shownBody = (body: Uint8Array): string => {
  const { frames, isWhole } = validFrames(body)
  return isWhole && frames.length > 0
    ? frames
        .map(({ headers: names, payload }) => `${JSON.stringify(names)} ${JSON.stringify(payload)?.slice(0, 500)}`)
        .join('\n')
    : shown(body)
}

const toSubject = (draft: Draft): Subject => {
  const { kind, isStream, path = '/v1/messages', head, body, end, check } = draft
  return {
    kind,
    answer: toSimulatedResponse(draft),
    sent: (canary): Sent => ({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(
        JSON.stringify({
          model: 'claude-sonnet-4-6',
          max_tokens: 100,
          stream: isStream,
          messages: [{ role: 'user', content: canary }],
        }),
      ),
    }),
    // A reset can arrive before bytes that were sent earlier.
    streamFault: (events) => (end === 'reset' ? fakeStop(body, events) : (check ?? fakeStop)(body, events)),
    *smaller() {
      if (draft.writes > 1) yield toSubject({ ...draft, writes: 1 })
      const { frames, isWhole } = validFrames(body)
      // Removes whole frames only: a cut frame would be a different fault.
      for (const index of isWhole ? frames.keys() : [])
        yield toSubject({ ...draft, body: Buffer.concat(frames.toSpliced(index, 1).map(({ bytes }) => bytes)) })
      for (const less of smallerBytes(body)) yield toSubject({ ...draft, body: less })
    },
    describe: () =>
      `${isStream ? 'stream' : 'whole'} ${path}, ${draft.framing}, ${draft.writes} writes, then ${end}\n${head}\n\n${shownBody(body)}`,
  }
}

const kinds = ['exception', 'error', 'event', 'new', '']

const exceptionFrame = (random: Random): Uint8Array => {
  const name = random.pick(exceptions)
  const headers: Record<string, string> = { ':message-type': random.pick(kinds) }
  if (random.chance(0.9)) headers[random.pick([':exception-type', ':error-code', ':event-type'])] = name
  if (random.chance(0.3)) headers[':error-message'] = canaryMark
  const payload = {
    message: canaryMark,
    originalStatusCode: 500,
    originalMessage: `{"type":"error","error":{"type":"x"}}`,
  }
  return encodeDecoded({ headers, payload }, render(mutateJson(payload, random, random.below(3))))
}

const shuffled = (frames: readonly Uint8Array[], random: Random): Uint8Array[] => {
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

/** Frames with valid checksums and invalid JSON. */
const reworded = (frames: readonly Uint8Array[], random: Random): Uint8Array[] => {
  const decoded: Decoded[] = validFrames(Buffer.concat(frames)).frames
  const chosen = new Set(Array.from({ length: 1 + random.below(3) }, () => random.below(frames.length)))
  return decoded.map((frame, index) => {
    if (!chosen.has(index)) return frame.bytes
    if (random.chance(0.2)) {
      const name = random.pick([':event-type', ':message-type', ':content-type'])
      return encodeDecoded({
        ...frame,
        headers: { ...frame.headers, [name]: random.pick([...exceptions, 'metadata']) },
      })
    }
    return encodeDecoded(frame, render(mutateJson(frame.payload, random, 1 + random.below(3))))
  })
}

const anyBody = (random: Random): Uint8Array =>
  random.pick<() => Uint8Array>([
    () => new Uint8Array(),
    () => Buffer.from(`<!doctype html><html><title>502</title><body>${canaryMark}</body></html>`),
    () => Buffer.from(render(mutateJson(awsError, random, random.below(4)))),
    () => Buffer.from(render(mutateJson(whole, random, random.below(4)))),
    () => Buffer.from(render(mutateJson({ inputTokens: 7 }, random, random.below(2)))),
    () => mutateBytes(Buffer.from(JSON.stringify(awsError)), random),
    () => gzipSync(Buffer.from(JSON.stringify(awsError))),
    () => Buffer.concat(randomFrames(random)),
    () => Buffer.alloc(300_000, 'x'),
  ])()

const sweepOf = (frames: readonly Uint8Array[], index: number): Uint8Array => {
  const bytes = Buffer.concat(frames)
  const at = Math.floor(index / 3) % bytes.length
  if (index % 3 === 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << (Math.floor(index / (3 * bytes.length)) % 8))
  if (index % 3 === 1) return bytes.subarray(0, at)
  return index % 3 === 0 ? bytes : Buffer.concat([bytes.subarray(0, at), Buffer.from('!'), bytes.subarray(at)])
}

const hangs = 0.004

/** `index` counts the subjects: consecutive subjects have a fault at each byte of a stream. */
export const responseSubject = (index: number, sweep: readonly Uint8Array[], random: Random): Subject => {
  const frames = randomFrames(random)
  const end = random.chance(hangs) ? 'hang' : random.chance(0.1) ? 'reset' : 'end'
  const framing = random.pick(['chunked', 'chunked', 'chunked', 'length', 'close'] as const)
  const common = { isStream: true, head: streamHead, writes: random.pick([1, 2, 7, 300]), framing, end } as const
  const damaged = (kind: string, original: readonly Uint8Array[], body: Uint8Array): Draft => ({
    ...common,
    kind,
    body,
    check: (bytes, events) => damagedStreamFault(original, bytes, events),
  })
  const http = (isStream: boolean): Draft => ({
    ...common,
    kind: 'HTTP answers',
    isStream,
    path: random.chance(0.05) ? '/v1/messages/count_tokens' : '/v1/messages',
    head: headOf(random.pick(statuses), ...Array.from({ length: random.below(4) }, () => random.pick(headers))),
    body: anyBody(random),
  })
  const draft = random.pick<() => Draft>([
    ...Array.from({ length: 4 }, () => () => damaged('each byte', sweep, sweepOf(sweep, index))),
    () => damaged('bytes', frames, mutateBytes(Buffer.concat(frames), random)),
    () => ({ ...common, kind: 'order', body: Buffer.concat(shuffled(frames, random)) }),
    () => ({ ...common, kind: 'words', body: Buffer.concat(reworded(frames, random)) }),
    () => ({ ...common, kind: 'words', body: Buffer.concat(reworded(frames, random)) }),
    () => {
      const at = random.below(frames.length + 1)
      return {
        ...common,
        kind: 'exceptions',
        body: Buffer.concat([...frames.slice(0, at), exceptionFrame(random), ...frames.slice(at)]),
      }
    },
    () => http(true),
    () => http(false),
    () => ({
      ...http(false),
      kind: 'whole answers',
      head: headOf(200, 'content-type: application/json'),
      body: Buffer.from(render(mutateJson(whole, random, 1 + random.below(3)))),
    }),
    () => ({
      ...http(random.chance(0.5)),
      kind: 'damaged heads',
      head: Buffer.from(mutateBytes(Buffer.from(streamHead), random)).toString('latin1'),
      body: Buffer.concat(frames),
    }),
  ])()
  return toSubject(draft)
}
