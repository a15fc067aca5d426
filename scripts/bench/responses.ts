import { toFrames } from '../../src/simulator/frames.ts'

/** The responses of the benchmark's upstream: bytes that are created once. */

const usage = {
  inputTokens: 12,
  outputTokens: 345,
  totalTokens: 40_357,
  cacheReadInputTokens: 38_000,
  cacheWriteInputTokens: 2000,
}

const words = 'The function reads "one" line, then\nthe next → until none is left. '

export const wholeResponse: string = JSON.stringify({
  metrics: { latencyMs: 812 },
  output: { message: { role: 'assistant', content: [{ text: words.repeat(4) }] } },
  stopReason: 'end_turn',
  usage,
})

/** Characters of each delta. */
const characters = 16

/** A stream of text with this number of deltas, frame by frame. */
export const streamFrames = (deltas: number): Uint8Array[] => {
  const length = deltas * characters
  const text = words.repeat(Math.ceil(length / words.length)).slice(0, length)
  return toFrames({ content: [{ text }], stopReason: 'end_turn', stopSequence: undefined, usage }, characters)
}
