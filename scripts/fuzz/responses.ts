import { gzipSync } from 'node:zlib'
import type { Random } from '../support/random.ts'
import { canaryMark } from './corpus.ts'
import { type Draft, headOf, randomDelivery, type StreamReading, shuffled, sweepOf, toSubject } from './drafts.ts'
import { type Decoded, damagedStreamFault, encodeDecoded, fakeStop, randomFrames, validFrames } from './frames.ts'
import { mutateBytes } from './mutate-bytes.ts'
import { mutateJson, render } from './mutate-json.ts'
import { awsError, exceptions, headers, statuses, streamType, whole } from './response-parts.ts'
import { type Subject, shown } from './subject.ts'

/** Responses that no correct upstream sends. */

const streamHead = headOf(200, `content-type: ${streamType}`)

const show = (body: Uint8Array): string => {
  const { frames, isWhole } = validFrames(body)
  return isWhole && frames.length > 0
    ? frames
        .map(({ headers: names, payload }) => `${JSON.stringify(names)} ${JSON.stringify(payload)?.slice(0, 500)}`)
        .join('\n')
    : shown(body)
}

const reading: StreamReading = { readFrames: validFrames, show, fakeStop }

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

const messagesPaths: readonly string[] = ['/v1/messages']

/** `index` counts the subjects: consecutive subjects have a fault at each byte of a stream. */
export const responseSubject = (
  index: number,
  sweep: readonly Uint8Array[],
  random: Random,
  paths: readonly string[] = messagesPaths,
): Subject => {
  const frames = randomFrames(random)
  const common = { isStream: true, path: random.pick(paths), head: streamHead, ...randomDelivery(random) } as const
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
    ...(paths === messagesPaths && random.chance(0.05) && { path: '/v1/messages/count_tokens' }),
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
  return toSubject(draft, reading)
}
