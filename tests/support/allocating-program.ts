import { toUnicodeJson, toUnicodeJsonWithoutNul } from '../../src/base/unicode-json.ts'
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
import type { ChatResponse } from '../../src/wire/openai-chat/response.ts'
import { converseChunks, inChunks, longRequest } from './allocating-inputs.ts'
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

/** Writes events as the server does. */
const write = (batch: EventBatch): void => {
  let text = ''
  for (const event of batch) text += eventText(event)
  utf8.encode(text)
}

const streamed = (deltas: number): (() => void) => {
  const chunks = converseChunks(deltas)
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

const translated = (turns: number): (() => void) => {
  const request = longRequest(turns)
  return () => {
    const { body } = toConverseRequest(request, { modelId: 'claude-sonnet-4.6', betas: [] })
    toUnicodeJson(body)
  }
}

const chatTranslated = (turns: number): (() => void) => {
  const request = longRequest(turns)
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
