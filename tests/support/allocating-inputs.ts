import { encodeFrame } from '../../src/codec/aws-event-stream/encode.ts'
import type { MessagesRequest } from '../../src/wire/anthropic/request.ts'

/** Inputs of any size for the programs that allocate. */

const utf8 = new TextEncoder()

const frame = (type: string, payload: object): Uint8Array =>
  encodeFrame(
    { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    utf8.encode(JSON.stringify({ ...payload, p: 'abcdefghijklmnop' })),
  )

/** Bytes that the network delivers at once. */
const chunkBytes = 16 * 1024

export const inChunks = (bytes: Uint8Array): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
    bytes.slice(index * chunkBytes, (index + 1) * chunkBytes),
  )

/** A stream of Converse with this number of deltas. */
export const converseChunks = (deltas: number): Uint8Array[] => {
  const delta = frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'The "next" line' } })
  const bytes = Buffer.concat([
    frame('messageStart', { role: 'assistant' }),
    ...Array.from({ length: deltas }, () => delta),
    frame('contentBlockStop', { contentBlockIndex: 0 }),
    frame('messageStop', { stopReason: 'end_turn' }),
    frame('metadata', { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } }),
  ])
  return inChunks(bytes)
}

const turn = (index: number): object[] => [
  {
    role: 'assistant',
    content: [
      { type: 'text', text: 'I look into the file.' },
      { type: 'tool_use', id: `toolu_${index}`, name: 'Read', input: { file_path: '/srv/a.ts' } },
    ],
  },
  {
    role: 'user',
    content: [
      { type: 'tool_result', tool_use_id: `toolu_${index}`, content: [{ type: 'text', text: 'x'.repeat(900) }] },
    ],
  },
]

/** A request with this number of calls and results. */
export const longRequest = (turns: number): MessagesRequest =>
  ({
    model: 'claude-sonnet-4-6',
    max_tokens: 100,
    tools: [{ name: 'Read', input_schema: { type: 'object' } }],
    messages: [{ role: 'user', content: 'Go.' }, ...Array.from({ length: turns }, (_, index) => turn(index)).flat()],
  }) as MessagesRequest
