import { toUnicodeJson, toUnicodeJsonWithoutNul } from '../../src/base/unicode-json.ts'
import { encodeFrame } from '../../src/codec/aws-event-stream/encode.ts'
import { createSseDecoder } from '../../src/codec/sse/decode.ts'
import { eventText } from '../../src/server/entrances/anthropic/event-text.ts'
import { toConverseRequest } from '../../src/translate/anthropic-to-converse/request.ts'
import { toChatRequest } from '../../src/translate/anthropic-to-openai-chat/request.ts'
import { unknownDialect } from '../../src/translate/capabilities/chat-dialect.ts'
import { MessageEvents } from '../../src/translate/converse-to-anthropic/events.ts'
import { MessageEvents as ChatEvents } from '../../src/translate/openai-chat-to-anthropic/events.ts'
import { readChatEvent } from '../../src/translate/openai-chat-to-anthropic/stream-event.ts'
import { createConverseReader } from '../../src/upstreams/nexus/frames.ts'
import type { EventBatch } from '../../src/wire/anthropic/events.ts'
import type { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import type { ChatResponse } from '../../src/wire/openai-chat/response.ts'
import { chatContext, toStream, usage } from './chat-response.ts'
import { countingIds, responseContext } from './response-context.ts'

/**
 * Does one kind of work many times, for a test that counts allocated bytes:
 *
 *   allocating-program.ts stream <deltas of each> <streams>
 *   allocating-program.ts chat-stream <deltas of each> <streams>
 *   allocating-program.ts request <turns of each> <requests>
 *   allocating-program.ts chat-request <turns of each> <requests>
 */

const [kind, size, times] = [Bun.argv[2], Number(Bun.argv[3]), Number(Bun.argv[4])]
const utf8 = new TextEncoder()

const frame = (type: string, payload: object): Uint8Array =>
  encodeFrame(
    { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    utf8.encode(JSON.stringify({ ...payload, p: 'abcdefghijklmnop' })),
  )

/** Bytes that the network delivers at once. */
const chunkBytes = 16 * 1024

const inChunks = (bytes: Uint8Array): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
    bytes.slice(index * chunkBytes, (index + 1) * chunkBytes),
  )

/** Writes events as the server does. */
const write = (batch: EventBatch): void => {
  let text = ''
  for (const event of batch) text += eventText(event)
  utf8.encode(text)
}

const streamed = (deltas: number): (() => void) => {
  const delta = frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'The "next" line' } })
  const bytes = Buffer.concat([
    frame('messageStart', { role: 'assistant' }),
    ...Array.from({ length: deltas }, () => delta),
    frame('contentBlockStop', { contentBlockIndex: 0 }),
    frame('messageStop', { stopReason: 'end_turn' }),
    frame('metadata', { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } }),
  ])
  const chunks = inChunks(bytes)
  return () => {
    const reader = createConverseReader({ model: 'm', maxTokens: 1 })
    const events = new MessageEvents(responseContext(), countingIds())
    for (const chunk of chunks) {
      reader.read(chunk, (event) => events.accept(event))
      write(events.take())
    }
  }
}

const chatStreamed = (deltas: number): (() => void) => {
  const base = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1764300000, model: 'm' }
  const delta = { ...base, choices: [{ index: 0, delta: { content: 'The "next" line' }, finish_reason: null }] }
  const end = { ...base, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage }
  const chunks = inChunks(utf8.encode(toStream([...Array.from({ length: deltas }, () => delta), end])))
  return () => {
    const decoder = createSseDecoder()
    const events = new ChatEvents(chatContext(), countingIds())
    const handler = {
      onChunk: (chunk: ChatResponse) => events.accept(chunk),
      onDone: () => events.done(),
      onError() {},
    }
    for (const chunk of chunks) {
      decoder.push(chunk, (event) => readChatEvent(event, handler))
      write(events.take())
    }
  }
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

const requestOf = (turns: number): MessagesRequest =>
  ({
    model: 'claude-sonnet-4-6',
    max_tokens: 100,
    tools: [{ name: 'Read', input_schema: { type: 'object' } }],
    messages: [{ role: 'user', content: 'Go.' }, ...Array.from({ length: turns }, (_, index) => turn(index)).flat()],
  }) as MessagesRequest

const translated = (turns: number): (() => void) => {
  const request = requestOf(turns)
  return () => {
    const { body } = toConverseRequest(request, { modelId: 'claude-sonnet-4.6', betas: [] })
    toUnicodeJson(body)
  }
}

const chatTranslated = (turns: number): (() => void) => {
  const request = requestOf(turns)
  return () => {
    const { body } = toChatRequest(request, { modelId: 'gpt-4.1', dialect: unknownDialect })
    toUnicodeJsonWithoutNul(body)
  }
}

const works: Readonly<Record<string, (size: number) => () => void>> = {
  stream: streamed,
  'chat-stream': chatStreamed,
  request: translated,
  'chat-request': chatTranslated,
}
const work = works[kind ?? '']?.(size)
for (let done = 0; done < times; done += 1) work?.()
