import { encodeSse } from '../../src/codec/sse/encode.ts'
import { toFrames } from '../../src/simulator/frames.ts'
import { toEventFrames } from '../../src/simulator/openai-chat/chunks.ts'
import { commonAnswer } from '../../src/simulator/openai-chat/face.ts'
import { type ChatAnswer, toCompletion } from '../../src/simulator/openai-chat/response.ts'
import type { UpstreamWire } from './workload.ts'

/** The responses of the benchmark's upstream: bytes that are created once. */

const usage = {
  inputTokens: 12,
  outputTokens: 345,
  totalTokens: 40_357,
  cacheReadInputTokens: 38_000,
  cacheWriteInputTokens: 2000,
}

const words = 'The function reads "one" line, then\nthe next → until none is left. '

const chatAnswer = (text: string): ChatAnswer => ({
  id: 'chatcmpl-00000000000000000000000000000000',
  created: 1_795_000_000,
  model: 'bench',
  parts: [{ kind: 'text', text }],
  finishReason: 'stop',
  stopSequence: undefined,
  usage: { prompt: 40_012, cached: 38_000, completion: 345, reasoning: 0 },
})

/** A message of Anthropic's API, and the beginning of its stream. */
const message = {
  id: 'msg_00000000000000000000000000',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5',
  content: [] as object[],
  stop_reason: null as string | null,
  stop_sequence: null,
  usage: {
    input_tokens: 12,
    cache_creation_input_tokens: 2000,
    cache_read_input_tokens: 38_000,
    cache_creation: { ephemeral_5m_input_tokens: 2000, ephemeral_1h_input_tokens: 0 },
    output_tokens: 345,
    service_tier: 'standard',
  },
}

const ended = { stop_reason: 'end_turn', stop_sequence: null }

const wholeText = words.repeat(4)

export const wholeResponses: Readonly<Record<UpstreamWire, string>> = {
  converse: JSON.stringify({
    metrics: { latencyMs: 812 },
    output: { message: { role: 'assistant', content: [{ text: wholeText }] } },
    stopReason: 'end_turn',
    usage,
  }),
  chat: JSON.stringify(toCompletion(chatAnswer(wholeText), commonAnswer)),
  anthropic: JSON.stringify({ ...message, content: [{ type: 'text', text: wholeText }], ...ended }),
}

/** Characters of each delta. */
const characters = 16

interface AnthropicEvent {
  readonly type: string
  readonly [member: string]: unknown
}

const deltaEvents = (text: string): AnthropicEvent[] =>
  Array.from({ length: Math.ceil(text.length / characters) }, (_, index) => ({
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'text_delta', text: text.slice(index * characters, (index + 1) * characters) },
  }))

const messageEvents = (text: string): AnthropicEvent[] => [
  { type: 'message_start', message: { ...message, usage: { ...message.usage, output_tokens: 1 } } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'ping' },
  ...deltaEvents(text),
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: ended, usage: message.usage },
  { type: 'message_stop' },
]

/** A stream of text with this number of deltas, frame by frame. */
export const streamFrames = (deltas: number, wire: UpstreamWire): Uint8Array[] => {
  const length = deltas * characters
  const text = words.repeat(Math.ceil(length / words.length)).slice(0, length)
  if (wire === 'anthropic') return messageEvents(text).map((event) => Buffer.from(encodeSse(event)))
  if (wire === 'chat') {
    return toEventFrames(chatAnswer(text), commonAnswer, { deltaCharacters: characters, includeUsage: true })
  }
  return toFrames({ content: [{ text }], stopReason: 'end_turn', stopSequence: undefined, usage }, characters)
}
