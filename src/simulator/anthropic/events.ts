import type { BlockDelta, FinalUsage, MessageStreamEvent } from '../../wire/anthropic/events.ts'
import type { Message, ResponseBlock } from '../../wire/anthropic/response.ts'
import { slices } from '../deltas.ts'
import type { StreamFault } from '../reply.ts'
import { errorBody } from './wire-errors.ts'

/** A message as the server-sent events of a stream. */

const utf8 = new TextEncoder()

/** The real API pads each event with spaces, to hide its length. */
const maximumPadding = 12

const eventFrame = (name: string, data: object, padding: number): Uint8Array =>
  utf8.encode(`event: ${name}\ndata: ${JSON.stringify(data).slice(0, -1)}${' '.repeat(padding)}}\n\n`)

/** A block as its start announces it: its text, input or signature comes in deltas. */
const startOf = (block: ResponseBlock): ResponseBlock => {
  switch (block.type) {
    case 'text':
      return { ...block, text: '' }
    case 'thinking':
      return { ...block, thinking: '', signature: '' }
    case 'redacted_thinking':
    case 'web_search_tool_result':
      return block
    default:
      return { ...block, input: {} }
  }
}

const deltasOf = (block: ResponseBlock, characters: number): BlockDelta[] => {
  switch (block.type) {
    case 'text':
      return slices(block.text, characters).map((text) => ({ type: 'text_delta', text }))
    case 'thinking':
      return [
        ...slices(block.thinking, characters).map((thinking): BlockDelta => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: block.signature },
      ]
    case 'redacted_thinking':
    case 'web_search_tool_result':
      return []
    default: {
      const input = JSON.stringify(block.input)
      // The first delta is empty, and a call without an input has no other.
      const pieces = input === '{}' ? [''] : ['', ...slices(input, characters)]
      return pieces.map((piece) => ({ type: 'input_json_delta', partial_json: piece }))
    }
  }
}

const blockEvents = (block: ResponseBlock, index: number, characters: number): MessageStreamEvent[] => [
  { type: 'content_block_start', index, content_block: startOf(block) },
  // A ping follows the start of the first block.
  ...(index === 0 ? [{ type: 'ping' } as const] : []),
  ...deltasOf(block, characters).map((delta) => ({ type: 'content_block_delta', index, delta }) as const),
  { type: 'content_block_stop', index },
]

/** Output tokens that the start of a message reports. */
const firstTokens = 1

const eventsOf = (message: Message, characters: number): MessageStreamEvent[] => {
  const { stop_reason, stop_sequence, stop_details, safeguard_results, content, usage, ...rest } = message
  const { service_tier, inference_geo, speed, ...figures } = usage
  const final: FinalUsage = figures
  const start = { ...rest, content: [], stop_reason: null, stop_sequence: null, stop_details: null }
  return [
    { type: 'message_start', message: { ...start, usage: { ...usage, output_tokens: firstTokens } } },
    ...content.flatMap((block, index) => blockEvents(block, index, characters)),
    {
      type: 'message_delta',
      delta: {
        stop_reason: stop_reason ?? 'end_turn',
        stop_sequence,
        stop_details,
        container: null,
        ...(safeguard_results && { safeguard_results }),
      },
      usage: final,
      context_management: null,
    },
    { type: 'message_stop' },
  ]
}

export const toEventFrames = (message: Message, characters: number): Uint8Array[] =>
  eventsOf(message, characters).map((event, index) => eventFrame(event.type, event, (index * 5) % maximumPadding))

/** The event with which a stream reports its failure. */
export const faultEvent =
  (requestId: string) =>
  ({ type = 'overloaded_error', message = 'Overloaded' }: StreamFault): Uint8Array =>
    eventFrame('error', errorBody(type, message, requestId), 0)
