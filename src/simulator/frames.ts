import { encodeFrame } from '../codec/aws-event-stream/encode.ts'
import type { OutputBlock } from '../wire/converse/response.ts'
import { padding, slices } from './deltas.ts'
import type { StreamFault } from './reply.ts'
import type { SimulatedResponse } from './response.ts'

/** Converts a reply to the frames of ConverseStream. */

type Payload = Readonly<Record<string, unknown>>

const utf8 = new TextEncoder()
const eventFrame = (eventType: string, payload: Payload): Uint8Array =>
  encodeFrame(
    { ':event-type': eventType, ':content-type': 'application/json', ':message-type': 'event' },
    utf8.encode(JSON.stringify(payload)),
  )

const deltasOf = (block: OutputBlock, characters: number): Payload[] => {
  if (block.text !== undefined) return slices(block.text, characters).map((text) => ({ text }))
  if (block.citationsContent !== undefined) {
    const { content = [], citations = [] } = block.citationsContent
    const text = content.map((part) => part.text ?? '').join('')
    return [...citations.map((citation) => ({ citation })), ...slices(text, characters).map((part) => ({ text: part }))]
  }
  if (block.toolUse !== undefined) {
    const isEmpty = Object.keys((block.toolUse.input ?? {}) as object).length === 0
    const parts = isEmpty ? [] : slices(JSON.stringify(block.toolUse.input), characters)
    return ['', ...parts].map((input) => ({ toolUse: { input } }))
  }
  const { reasoningText, redactedContent } = block.reasoningContent ?? {}
  if (redactedContent !== undefined) return [{ reasoningContent: { redactedContent } }]
  const thoughts = slices(reasoningText?.text ?? '', characters).map((text) => ({ reasoningContent: { text } }))
  return [...thoughts, { reasoningContent: { signature: reasoningText?.signature } }]
}

const blockEvents = (block: OutputBlock, contentBlockIndex: number, characters: number): [string, Payload][] => [
  // Only tool uses have a start event.
  ...(block.toolUse === undefined
    ? []
    : ([
        [
          'contentBlockStart',
          {
            contentBlockIndex,
            start: { toolUse: { name: block.toolUse.name, toolUseId: block.toolUse.toolUseId, type: 'tool_use' } },
          },
        ],
      ] as [string, Payload][])),
  ...deltasOf(block, characters).map((delta): [string, Payload] => ['contentBlockDelta', { contentBlockIndex, delta }]),
  ['contentBlockStop', { contentBlockIndex }],
]

export const toFrames = (answer: SimulatedResponse, deltaCharacters: number): Uint8Array[] => {
  const { content, stopReason, stopSequence, usage } = answer
  const fields =
    stopSequence === undefined ? {} : { additionalModelResponseFields: { delta: { stop_sequence: stopSequence } } }
  const events: [string, Payload][] = [
    ['messageStart', { role: 'assistant' }],
    ...content.flatMap((block, index) => blockEvents(block, index, deltaCharacters)),
    ['messageStop', { ...fields, stopReason }],
    ['metadata', { metrics: { latencyMs: 1 }, usage }],
  ]
  return events.map(([type, payload], index) => eventFrame(type, { ...payload, p: padding(index) }))
}

/** The frame with which a stream reports its own failure. */
export const faultFrame = ({
  kind,
  type = 'internalServerException',
  message = 'The simulated stream failed.',
  ...fault
}: StreamFault): Uint8Array => {
  if (kind === 'error') {
    return encodeFrame({ ':message-type': 'error', ':error-code': type, ':error-message': message }, new Uint8Array())
  }
  const { originalStatusCode, originalMessage } = fault
  return encodeFrame(
    { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' },
    utf8.encode(JSON.stringify({ message, originalStatusCode, originalMessage })),
  )
}

/** A frame whose checksum is wrong. */
export const damagedFrame = (frame: Uint8Array): Uint8Array => {
  const damaged = frame.slice()
  const middle = damaged.length >> 1
  damaged[middle] = (damaged[middle] ?? 0) ^ 0xff
  return damaged
}
