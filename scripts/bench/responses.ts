import { toFrames } from '../../src/simulator/frames.ts'
import { toEventFrames } from '../../src/simulator/openai-chat/chunks.ts'
import { commonAnswer } from '../../src/simulator/openai-chat/face.ts'
import { type ChatAnswer, toCompletion } from '../../src/simulator/openai-chat/response.ts'
import type { UpstreamWire } from './workloads.ts'

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

const wholeText = words.repeat(4)

export const wholeResponses: Readonly<Record<UpstreamWire, string>> = {
  converse: JSON.stringify({
    metrics: { latencyMs: 812 },
    output: { message: { role: 'assistant', content: [{ text: wholeText }] } },
    stopReason: 'end_turn',
    usage,
  }),
  chat: JSON.stringify(toCompletion(chatAnswer(wholeText), commonAnswer)),
}

/** Characters of each delta. */
const characters = 16

/** A stream of text with this number of deltas, frame by frame. */
export const streamFrames = (deltas: number, wire: UpstreamWire): Uint8Array[] => {
  const length = deltas * characters
  const text = words.repeat(Math.ceil(length / words.length)).slice(0, length)
  if (wire === 'chat') {
    return toEventFrames(chatAnswer(text), commonAnswer, { deltaCharacters: characters, includeUsage: true })
  }
  return toFrames({ content: [{ text }], stopReason: 'end_turn', stopSequence: undefined, usage }, characters)
}
