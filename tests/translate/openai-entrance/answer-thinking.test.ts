import { describe, expect, test } from 'bun:test'
import { type AnswerThinking, ThinkingCollector } from '../../../src/translate/openai-entrance/answer-thinking.ts'
import type { MessageStreamEvent } from '../../../src/wire/anthropic/events.ts'
import type { ResponseBlock } from '../../../src/wire/anthropic/response.ts'

const caller = { type: 'direct' } as const
const thinking: ResponseBlock = { type: 'thinking', thinking: 'Let me look.\u2028', signature: 'c2ln+/=' }
const redacted: ResponseBlock = { type: 'redacted_thinking', data: 'ZGF0YQ==' }
const text: ResponseBlock = { type: 'text', text: 'Looking.', citations: null }
const call = (id: string): ResponseBlock => ({ type: 'tool_use', id, name: 'look', input: {}, caller })

const eventsOf = (block: ResponseBlock, index: number): MessageStreamEvent[] => {
  const start = { type: 'content_block_start', index } as const
  const stop = { type: 'content_block_stop', index } as const
  if (block.type !== 'thinking') return [{ ...start, content_block: block }, stop]
  const [first = '', ...rest] = block.thinking.split(/(?<= )/)
  return [
    { ...start, content_block: { ...block, thinking: '', signature: '' } },
    ...[first, ...rest].map(
      (piece): MessageStreamEvent => ({
        type: 'content_block_delta',
        index,
        delta: { type: 'thinking_delta', thinking: piece },
      }),
    ),
    { type: 'content_block_delta', index, delta: { type: 'signature_delta', signature: block.signature } },
    stop,
  ]
}

const streamed = (content: readonly ResponseBlock[]): AnswerThinking | undefined => {
  const collector = new ThinkingCollector()
  for (const event of content.flatMap(eventsOf)) expect(collector.batch([event])).toBe(false)
  expect(collector.batch([{ type: 'message_stop' }])).toBe(true)
  return collector.result
}

const whole = (content: readonly ResponseBlock[]): AnswerThinking | undefined => {
  const collector = new ThinkingCollector()
  collector.message({ content })
  return collector.result
}

describe('the thinking of an answer', () => {
  test.each([
    ['whole', whole],
    ['streamed', streamed],
  ])('is kept with every call, byte for byte, from an answer that is %s (OE-C64)', (_, collect) => {
    expect(collect([thinking, text, redacted, call('toolu_1'), call('toolu_2')])).toEqual({
      thinking: [thinking, redacted],
      toolCallIds: ['toolu_1', 'toolu_2'],
    })
  })

  test.each([
    ['whole', whole],
    ['streamed', streamed],
  ])('is not kept without calls, and calls are not kept without thinking: %s (OE-C64)', (_, collect) => {
    expect(collect([thinking, text])).toBeUndefined()
    expect(collect([text, call('toolu_1')])).toBeUndefined()
  })
})
