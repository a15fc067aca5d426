import { type OpenAiWire, type PlainRequest, toOpenAi } from '../../scripts/support/openai-requests.ts'
import type { Json } from '../../src/base/json.ts'
import { toUnicodeJson } from '../../src/base/unicode-json.ts'
import { createChatWriter } from '../../src/server/entrances/openai/chat-writer.ts'
import { createResponseWriter } from '../../src/server/entrances/openai/response-writer.ts'
import type { StreamWriter } from '../../src/server/http/entrance.ts'
import { toConverseRequest } from '../../src/translate/anthropic-to-converse/request.ts'
import { MessageEvents } from '../../src/translate/converse-to-anthropic/events.ts'
import { completionToMessages } from '../../src/translate/openai-chat-entrance/request.ts'
import { ResponseEvents } from '../../src/translate/openai-responses-entrance/events.ts'
import { responsesToMessages } from '../../src/translate/openai-responses-entrance/request.ts'
import { createConverseReader } from '../../src/upstreams/nexus/frames.ts'
import type { CompletionRequest } from '../../src/wire/openai-chat/completion-request.ts'
import type { ResponsesRequest } from '../../src/wire/openai-responses/request.ts'
import { converseChunks, longRequest } from './allocating-inputs.ts'
import { openAiContext } from './openai-context.ts'
import { countingIds, responseContext } from './response-context.ts'

/**
 * Does one kind of work of OpenAI's clients many times, for a test that counts allocated bytes:
 *
 *   allocating-client-program.ts chat-stream <deltas of each> <streams>
 *   allocating-client-program.ts responses-stream <deltas of each> <streams>
 *   allocating-client-program.ts chat-request <turns of each> <requests>
 *   allocating-client-program.ts responses-request <turns of each> <requests>
 */

const [kind, size, times] = [Bun.argv[2], Number(Bun.argv[3]), Number(Bun.argv[4])]
const utf8 = new TextEncoder()

const hello = { model: 'claude-sonnet-4-6', stream: true }
const { plan: chatPlan } = completionToMessages(
  { ...hello, messages: [{ role: 'user', content: 'Hello' }] },
  openAiContext(),
)
const { plan: responsesPlan } = responsesToMessages({ ...hello, input: 'Hello' }, openAiContext())
const identity = { id: 'resp_0a', created: 1_700_000_000 }

const writers: Readonly<Record<OpenAiWire, () => StreamWriter>> = {
  chat: () => createChatWriter(chatPlan, identity, 'req_1'),
  responses: () => createResponseWriter('req_1', new ResponseEvents(responsesPlan, identity, () => identity.created)),
}

const streamed = (wire: OpenAiWire): (() => void) => {
  const chunks = converseChunks(size)
  return () => {
    const reader = createConverseReader({ model: 'm', maxTokens: 1 })
    const events = new MessageEvents(responseContext(), countingIds())
    const writer = writers[wire]()
    for (const chunk of chunks) {
      reader.read(chunk, (event) => events.accept(event))
      utf8.encode(writer.batch(events.take()))
    }
  }
}

const requested = (wire: OpenAiWire): (() => void) => {
  const body = toOpenAi(longRequest(size) as PlainRequest, wire)
  const toMessages = () =>
    wire === 'chat'
      ? completionToMessages(body as CompletionRequest & Json, openAiContext())
      : responsesToMessages(body as ResponsesRequest & Json, openAiContext())
  return () => {
    const { body: converse } = toConverseRequest(toMessages().request, { modelId: 'claude-sonnet-4.6', betas: [] })
    toUnicodeJson(converse)
  }
}

const works: Readonly<Record<string, () => () => void>> = {
  'chat-stream': () => streamed('chat'),
  'responses-stream': () => streamed('responses'),
  'chat-request': () => requested('chat'),
  'responses-request': () => requested('responses'),
}
const work = works[kind ?? '']?.()
for (let done = 0; done < times; done += 1) work?.()
