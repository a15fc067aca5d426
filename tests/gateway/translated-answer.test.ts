import { describe, expect, test } from 'bun:test'
import { createLogger } from '../../src/base/logger.ts'
import type { ConversationWords, RequestRecord } from '../../src/gateway/request-record.ts'
import { createRequestRecords } from '../../src/gateway/running-requests.ts'
import { TranslatedAnswer } from '../../src/gateway/translated-answer.ts'
import { noUsage } from '../../src/messages/usage.ts'
import type { EventBatch } from '../../src/wire/anthropic/events.ts'
import type { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import type { Message, ResponseBlock } from '../../src/wire/anthropic/response.ts'
import { request } from '../support/chain.ts'
import { requestHead } from '../support/records.ts'

const ask = request({ messages: [{ role: 'user', content: 'Do it' }] }) as MessagesRequest

const observe = (read: (answer: TranslatedAnswer) => void, wantsWords: boolean) => {
  const got: { record: RequestRecord; words: ConversationWords | undefined }[] = []
  const records = createRequestRecords({
    observers: [(record, words) => got.push({ record, words })],
    log: createLogger('silent', () => {}),
    now: () => 0,
    date: () => 0,
  })
  const running = records.begin(requestHead)
  running.wantsWords = wantsWords
  read(new TranslatedAnswer(running, ask))
  running.responded(200)
  return got[0]
}

const caller = { type: 'direct' } as const
const tool = (input: Record<string, never> | { command: string }): ResponseBlock => ({
  type: 'tool_use',
  id: 't1',
  name: 'Bash',
  input,
  caller,
})
const text = (words: string): ResponseBlock => ({ type: 'text', text: words, citations: null })
const end = { stop_reason: 'tool_use', stop_sequence: null, stop_details: null, container: null } as const

const batches: readonly EventBatch[] = [
  [{ type: 'content_block_start', index: 0, content_block: text('') }],
  [
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Loo' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'k' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'content_block_start', index: 1, content_block: tool({}) },
    { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"command":' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '"ls"}' } },
    { type: 'content_block_stop', index: 1 },
  ],
  [{ type: 'message_delta', delta: end, usage: noUsage, context_management: null }, { type: 'message_stop' }],
]
const message: Message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-6',
  content: [text('Look'), tool({ command: 'ls' })],
  ...end,
  context_management: null,
  diagnostics: null,
  usage: noUsage,
}
const words = { userText: 'Do it', assistantText: 'Look', tools: [{ name: 'Bash', input: { command: 'ls' } }] }

describe('a translated answer', () => {
  test.each<[string, (answer: TranslatedAnswer) => void]>([
    ['streamed', (answer) => expect(batches.map((batch) => answer.batch(batch))).toEqual([false, false, true])],
    ['whole', (answer) => answer.message(message)],
  ])('that is %s adds tools, usage and, only if they are wanted, words to the record (AU-U3, AU-U6)', (_, read) => {
    const wanted = observe(read, true)
    expect(wanted?.record).toMatchObject({ toolCalls: 1, stopReason: 'tool_use', usage: noUsage })
    expect(wanted?.words).toEqual(words)
    expect(observe(read, false)?.words).toBeUndefined()
  })
})

describe('an answer that the client cuts', () => {
  const cut = (usage: Message['usage']) =>
    observe((answer) => answer.batch([{ type: 'message_start', message: { usage } as Message }]), false)?.record.usage

  test('has the figures of its start, if the upstream gives some there (OP-L8)', () => {
    const usage = { ...noUsage, cache_read_input_tokens: 7, output_tokens: 1 }
    expect(cut(usage)).toEqual(usage)
  })

  test('has no figures if the upstream gives them only at the end (OP-L8)', () => {
    expect(cut(noUsage)).toBeUndefined()
  })
})
