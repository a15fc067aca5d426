import { encodeFrame } from '../../src/codec/aws-event-stream/encode.ts'

/** What the upstream of the benchmark says: bytes that are made once. */

const utf8 = new TextEncoder()

const usage = {
  inputTokens: 12,
  outputTokens: 345,
  totalTokens: 40_357,
  cacheReadInputTokens: 38_000,
  cacheWriteInputTokens: 2000,
}

const words = 'The function reads "one" line, then\nthe next → until none is left. '

export const wholeAnswer: string = JSON.stringify({
  metrics: { latencyMs: 812 },
  output: { message: { role: 'assistant', content: [{ text: words.repeat(4) }] } },
  stopReason: 'end_turn',
  usage,
})

/** Bedrock pads its events to hide their lengths. */
const padding = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

const frame = (type: string, payload: object, index: number): Uint8Array =>
  encodeFrame(
    { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    utf8.encode(JSON.stringify({ ...payload, p: padding.slice(0, 1 + ((index * 17) % padding.length)) })),
  )

/** A text of so many deltas, frame by frame. */
export const streamFrames = (deltas: number): Uint8Array[] => [
  frame('messageStart', { role: 'assistant' }, 0),
  ...Array.from({ length: deltas }, (_, index) => {
    const start = (index * 13) % (words.length - 16)
    return frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: words.slice(start, start + 16) } }, index)
  }),
  frame('contentBlockStop', { contentBlockIndex: 0 }, 1),
  frame('messageStop', { stopReason: 'end_turn' }, 2),
  frame('metadata', { metrics: { latencyMs: 812 }, usage }, 3),
]
