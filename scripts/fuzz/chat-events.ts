import { isObject, objectsIn, parseObject } from '../../src/base/json.ts'
import { toEventFrames } from '../../src/simulator/openai-chat/chunks.ts'
import { type FaceName, faceNames } from '../../src/simulator/openai-chat/face-name.ts'
import { faces } from '../../src/simulator/openai-chat/faces.ts'
import { toChatAnswer } from '../../src/simulator/openai-chat/response.ts'
import type { ReplyBlock } from '../../src/simulator/reply.ts'
import type { SseEvent } from '../../tests/support/sse.ts'
import type { Random } from '../support/random.ts'
import { canaryMark } from './corpus.ts'
import type { StreamReading } from './drafts.ts'
import { contentOfEvents } from './frames.ts'
import { shown } from './subject.ts'

/** Chat Completions streams of the simulator's faces, and an independent reading of damaged ones. */

type Json = Readonly<Record<string, unknown>>

const blocks: readonly ReplyBlock[] = [
  { thinking: `${canaryMark} first, I think.` },
  { text: `${canaryMark} says hello, é and 💥.` },
  { tool: 'Bash', input: { command: 'ls', nested: { list: [1, null, 'é'] } }, id: 'call_1' },
  { tool: 'Read', input: {}, id: 'call_2' },
]

const names = faceNames

/** The events of a response, one by one. */
export const eventsOf = (face: FaceName, content: readonly ReplyBlock[], deltaCharacters: number): Uint8Array[] => {
  const shape = faces[face].answer
  const answer = toChatAnswer(
    { content },
    {
      shape,
      model: 'm',
      prompt: { prompt: 3, cached: 0 },
      isCallNamed: false,
      newId: () => '11111111-1111-1111-1111-111111111111',
    },
  )
  return toEventFrames(answer, shape, { deltaCharacters, includeUsage: true })
}

export const randomEvents = (random: Random): Uint8Array[] =>
  eventsOf(
    random.pick(names),
    blocks.filter(() => random.chance(0.6)),
    1 + random.below(20),
  )

export interface DecodedEvent {
  readonly bytes: Uint8Array
  /** Undefined for comments, `[DONE]`, and invalid JSON. */
  readonly payload: Json | undefined
}

const dataOf = (event: string): string =>
  event
    .split(/\r\n|\r|\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length).trim())
    .join('\n')

/** The complete events at the start, each with the empty line that ends it. */
export const validEvents = (bytes: Uint8Array): { frames: DecodedEvent[]; isWhole: boolean } => {
  const parts = Buffer.from(bytes).toString('latin1').split('\n\n')
  const rest = parts.pop()
  const frames = parts.map((part) => {
    const event = Buffer.from(`${part}\n\n`, 'latin1')
    return { bytes: event, payload: parseObject(dataOf(event.toString())) }
  })
  return { frames, isWhole: rest === '' }
}

export const encodeEvent = (data: string): Uint8Array => Buffer.from(`data: ${data}\n\n`)

const choicesOf = (payload: Json | undefined): Json[] => objectsIn(payload?.['choices'])

const textOf = (content: unknown): string => {
  if (typeof content === 'string') return content
  return objectsIn(content)
    .map((part) =>
      String(
        part['text'] ??
          objectsIn(part['thinking'])
            .map(({ text }) => text)
            .join(''),
      ),
    )
    .join('')
}

const contentOfDelta = (delta: Json): string => {
  const thought = delta['reasoning_content'] ?? delta['reasoning']
  const calls = objectsIn(delta['tool_calls']).map(({ function: call }) =>
    isObject(call) && typeof call['arguments'] === 'string' ? call['arguments'] : '',
  )
  return (
    (typeof thought === 'string' ? thought : '') +
    textOf(delta['content']) +
    calls.filter((input) => input !== '{}').join('')
  )
}

const contentOf = (frames: readonly DecodedEvent[]): string =>
  frames
    .flatMap(({ payload }) => choicesOf(payload))
    .map(({ delta }) => (isObject(delta) ? contentOfDelta(delta) : ''))
    .join('')

/** The complete events, and a last one that lacks only its empty line. */
const readableEvents = (bytes: Uint8Array): DecodedEvent[] => {
  const { frames } = validEvents(bytes)
  const read = frames.reduce((total, event) => total + event.bytes.length, 0)
  const rest = bytes.subarray(read)
  const payload = parseObject(dataOf(Buffer.from(rest).toString()))
  return payload === undefined ? frames : [...frames, { bytes: rest, payload }]
}

const isOver = ({ bytes, payload }: DecodedEvent): boolean =>
  dataOf(Buffer.from(bytes).toString()) === '[DONE]' ||
  choicesOf(payload).some(({ finish_reason: reason }) => typeof reason === 'string')

/** A body of one JSON object is a whole response, also to a request for a stream. */
const isWholeAnswer = (text: string): boolean => parseObject(text) !== undefined

/** Accepts more than needed: a reader can still understand damaged events. */
const mayBeOver = (bytes: Uint8Array): boolean => {
  const text = Buffer.from(bytes).toString()
  return text.includes('[DONE]') || text.includes('finish_reason') || isWholeAnswer(text)
}

const fakeStop = (bytes: Uint8Array, events: readonly SseEvent[]): string | undefined =>
  events.some(({ type }) => type === 'message_stop') && !mayBeOver(bytes)
    ? 'message_stop of a stream that did not end'
    : undefined

/** Returns the fault of a valid stream that was cut: lost or invented content, or the wrong end. */
export const cutStreamFault = (bytes: Uint8Array, events: readonly SseEvent[]): string | undefined => {
  const readable = readableEvents(bytes)
  const wanted = contentOf(readable)
  const said = contentOfEvents(events)
  const isStopped = events.at(-1)?.type === 'message_stop'
  // A call starts with its name and its first arguments.
  const isSaid = isStopped ? said === wanted : wanted.startsWith(said)
  if (!isSaid) return `content: ${JSON.stringify(said)} instead of ${JSON.stringify(wanted)}`
  const wasOver = readable.some(isOver)
  if (wasOver && !isStopped) return 'a complete response ends as a broken one'
  return isStopped && !wasOver ? 'message_stop of a stream that did not end' : undefined
}

const show = (bytes: Uint8Array): string => shown(bytes, 8000)

export const chatReading: StreamReading = { readFrames: validEvents, show, fakeStop }
