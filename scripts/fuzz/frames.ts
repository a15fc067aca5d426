import { EventStreamCodec } from '@smithy/core/event-streams'
import { encodeFrame } from '../../src/codec/aws-event-stream/encode.ts'
import { toFrames } from '../../src/simulator/frames.ts'
import type { ReplyBlock } from '../../src/simulator/reply.ts'
import { toSimulatedResponse } from '../../src/simulator/response.ts'
import type { SseEvent } from '../../tests/support/sse.ts'
import type { Random } from '../support/random.ts'
import { canaryMark } from './corpus.ts'

/** Streams of the simulator, and an independent reading of their damaged bytes. */

/** AWS's own decoder, because the test is about ours. */
const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString(),
  (text) => Buffer.from(text),
)

const usage = { inputTokens: 3, totalTokens: 3 }
const blocks: readonly ReplyBlock[] = [
  { thinking: `${canaryMark} first, I think.` },
  { redacted: 'hidden' },
  { text: `${canaryMark} says hello, é and 💥.` },
  { tool: 'Bash', input: { command: 'ls', nested: { list: [1, null, 'é'] } }, id: 'tooluse_1' },
  { tool: 'Read', input: {}, id: 'tooluse_2' },
  {
    citedText: 'cited',
    citations: [{ title: 't', location: { documentChar: { documentIndex: 0, start: 0, end: 2 } } }],
  },
]

export const randomFrames = (random: Random): Uint8Array[] => {
  const content = blocks.filter(() => random.chance(0.5))
  const stopReason = random.pick(['end_turn', 'max_tokens', 'tool_use', 'malformed_model_output', 'new'] as const)
  const reply = { content, ...(random.chance(0.3) && { stopReason: stopReason as 'end_turn' }) }
  return toFrames(
    toSimulatedResponse(reply, usage, () => '11111111-1111-1111-1111-111111111111'),
    1 + random.below(20),
  )
}

export interface Decoded {
  readonly headers: Readonly<Record<string, string>>
  readonly payload: unknown
  readonly bytes: Uint8Array
}

/** The valid frames at the beginning, and whether they are the whole stream. */
export const validFrames = (bytes: Uint8Array): { frames: Decoded[]; isWhole: boolean } => {
  const frames: Decoded[] = []
  let rest = bytes
  while (rest.length >= 4) {
    const length = Buffer.from(rest.buffer, rest.byteOffset, rest.length).readUInt32BE(0)
    if (length < 16 || length > rest.length) break
    try {
      const { headers, body } = codec.decode(rest.slice(0, length))
      const names = Object.fromEntries(Object.entries(headers).map(([name, { value }]) => [name, String(value)]))
      frames.push({ headers: names, payload: JSON.parse(Buffer.from(body).toString()), bytes: rest.slice(0, length) })
    } catch {
      break
    }
    rest = rest.subarray(length)
  }
  return { frames, isWhole: rest.length === 0 }
}

export const encodeDecoded = ({ headers, payload }: Omit<Decoded, 'bytes'>, text?: string): Uint8Array =>
  encodeFrame(headers, Buffer.from(text ?? JSON.stringify(payload)))

interface Delta {
  readonly delta?: {
    readonly text?: string
    readonly toolUse?: { readonly input?: string }
    readonly reasoningContent?: { readonly text?: string }
  }
}

const contentOfFrames = (frames: readonly Decoded[]): string =>
  frames
    .map(({ payload }) => (payload as Delta).delta)
    .map((delta) => delta?.text ?? delta?.toolUse?.input ?? delta?.reasoningContent?.text ?? '')
    .join('')

/** A tool use without input becomes one with an empty object. */
const emptyInput = '{}'

export const contentOfEvents = (events: readonly SseEvent[]): string =>
  events
    .map((event) => event['delta'] as Record<string, string> | undefined)
    .map((delta) => delta?.['text'] ?? delta?.['partial_json'] ?? delta?.['thinking'] ?? '')
    .filter((said) => said !== emptyInput)
    .join('')

const isStop = ({ headers }: Decoded): boolean => headers[':event-type'] === 'messageStop'

/** Returns a fault if an incomplete stream looks complete. */
export const fakeStop = (bytes: Uint8Array, events: readonly SseEvent[]): string | undefined =>
  events.some(({ type }) => type === 'message_stop') && !validFrames(bytes).frames.some(isStop)
    ? 'a message_stop that the upstream did not send'
    : undefined

/** Returns a fault unless a damaged stream gives exactly the content before the damage. */
export const damagedStreamFault = (
  original: readonly Uint8Array[],
  damaged: Uint8Array,
  events: readonly SseEvent[],
): string | undefined => {
  const { frames } = validFrames(damaged)
  const isBeginning = frames.every(
    ({ bytes }, index) => Buffer.compare(bytes, original[index] ?? Buffer.alloc(0)) === 0,
  )
  // Reordered whole frames are a different stream.
  if (!isBeginning) return fakeStop(damaged, events)
  if (contentOfEvents(events) !== contentOfFrames(frames)) {
    return `text: ${JSON.stringify(contentOfEvents(events))} instead of ${JSON.stringify(contentOfFrames(frames))}, of ${events.length} events, the last: ${JSON.stringify(events.at(-1))}`
  }
  const isStopped = events.at(-1)?.type === 'message_stop'
  const mayFail = frames.some(({ payload }) => JSON.stringify(payload).includes('malformed'))
  if (frames.some(isStop) && !isStopped && !mayFail) return 'a complete response without message_stop'
  return fakeStop(damaged, events)
}
