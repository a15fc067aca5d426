import { describe, expect, test } from 'bun:test'
import { withoutThinking } from '../../../src/translate/openai-entrance/without-thinking.ts'
import type { InputMessage, MessagesRequest } from '../../../src/wire/anthropic/request.ts'

const request = (messages: InputMessage[], rest: Partial<MessagesRequest> = {}): MessagesRequest => ({
  model: 'm',
  max_tokens: 4000,
  messages,
  ...rest,
})

const question: InputMessage = { role: 'user', content: 'look' }
const call = { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} } as const
const result: InputMessage = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'x' }] }
const thinking = [
  { type: 'thinking', thinking: 'hm', signature: 's' },
  { type: 'redacted_thinking', data: 'd' },
] as const

describe('a request without thinking', () => {
  test('has no block of thinking, and keeps everything else (OE-C53)', () => {
    const assistant: InputMessage = { role: 'assistant', content: [...thinking, call] }
    const adaptive = { thinking: { type: 'adaptive' as const } }
    expect(withoutThinking(request([question, assistant, result], adaptive))).toEqual(
      request([question, { role: 'assistant', content: [call] }, result], adaptive),
    )
  })

  test('has no message that was only thinking (OE-C53)', () => {
    const assistant: InputMessage = { role: 'assistant', content: [...thinking] }
    expect(withoutThinking(request([question, assistant, question]))).toEqual(request([question, question]))
  })

  test('is not made where there is no thinking: the same request would be refused again (OE-C53)', () => {
    expect(withoutThinking(request([question, { role: 'assistant', content: [call] }, result]))).toBeUndefined()
  })
})
