import { describe, expect, test } from 'bun:test'
import type { Message } from '../../../src/wire/anthropic/response.ts'
import type { ChatResponse } from '../../../src/wire/openai-chat/response.ts'
import {
  chatContext,
  chunk,
  estimate,
  finish,
  readText,
  streamed,
  toStream,
  whole,
} from '../../support/chat-response.ts'

const message = { role: 'assistant', content: 'Forty-two' }

/** Input, read from the cache, written to it, output: of a whole response and of a stream. */
const figuresOf = (usage: unknown, more: object = {}): unknown => {
  const figures = ({ usage: all }: Message) => [
    all.input_tokens,
    all.cache_read_input_tokens,
    all.cache_creation_input_tokens,
    all.output_tokens,
  ]
  const response = { choices: [{ message, finish_reason: 'stop' }], usage, ...more } as ChatResponse
  const first = figures(whole(response))
  expect(figures(streamed([chunk(message), finish('stop'), { choices: [], usage, ...more }]))).toEqual(first)
  return first
}

const estimated = [estimate.inputTokens, 0, 0, estimate.outputTokens]

describe('usage', () => {
  test('is read from the response, its first choice, or x_groq (OU-A30)', () => {
    const counted = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 }
    expect(figuresOf(counted)).toEqual([10, 0, 0, 2])
    expect(figuresOf(undefined, { x_groq: { usage: counted } })).toEqual([10, 0, 0, 2])
    const choice = { message, delta: {}, finish_reason: 'stop', usage: counted }
    expect(figuresOf(null, { choices: [choice] })).toEqual([10, 0, 0, 2])
  })

  test('is the last one with figures (OU-A30, OU-S17)', () => {
    const counted = (n: number) => ({ usage: { prompt_tokens: 10, completion_tokens: n, total_tokens: 10 + n } })
    const none = { usage: { prompt_tokens: null, completion_tokens: null, total_tokens: null } }
    const chunks = [
      { ...chunk({ content: 'a' }), ...counted(1) },
      { ...chunk({ content: 'b' }), ...counted(2) },
      { ...chunk({ content: 'c' }), ...none },
      { ...finish('stop'), usage: null },
    ]
    expect(streamed(chunks).usage.output_tokens).toBe(2)
  })

  test.each([
    [{ prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 } }, [10, 60, 30, 5]],
    [{ prompt_tokens_details: { cached_tokens: null }, prompt_cache_hit_tokens: 64 }, [36, 64, 0, 5]],
    [{ cached_tokens: 99 }, [1, 99, 0, 5]],
    [{ prompt_tokens_details: null }, [100, 0, 0, 5]],
    // Old xAI: what was cached is not part of the prompt.
    [{ prompt_tokens_details: { cached_tokens: 400 } }, [100, 400, 0, 5]],
    [{ prompt_tokens_details: { cached_tokens: 90, cache_write_tokens: 90 } }, [0, 90, 90, 5]],
  ])('of %j has cached tokens separately (OU-A31)', (details, expected) => {
    expect(figuresOf({ prompt_tokens: 100, completion_tokens: 5, total_tokens: 105, ...details })).toEqual(expected)
  })

  test('has all cache writes with the usual lifetime (OU-A34)', () => {
    const usage = { prompt_tokens: 100, completion_tokens: 5, prompt_tokens_details: { cache_write_tokens: 30 } }
    const { cache_creation } = whole({ choices: [{ message }], usage }).usage
    expect(cache_creation).toEqual({ ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 0 })
  })

  test.each([
    [{ prompt_tokens: 307, completion_tokens: 26, total_tokens: 560 }, 227, 253],
    [{ prompt_tokens: 307, completion_tokens: 253, total_tokens: 560 }, 227, 253],
    [{ prompt_tokens: 307, completion_tokens: 26 }, 227, 26],
    [{ prompt_tokens: 307, completion_tokens: 26, total_tokens: 333 }, 0, 26],
  ])('of %j with %i tokens of reasoning has %i of output (OU-A32)', (counted, reasoning_tokens, expected) => {
    const usage = { ...counted, completion_tokens_details: { reasoning_tokens } }
    expect(figuresOf(usage)).toEqual([307, 0, 0, expected])
  })

  test.each([
    [undefined],
    [null],
    [{}],
    [{ prompt_tokens: null, completion_tokens: null }],
    [{ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }],
    [{ prompt_tokens: '12' }],
    ['none'],
  ])('of %j is estimated (OU-A33)', (usage) => {
    expect(figuresOf(usage)).toEqual(estimated)
  })

  test.each([
    [{ prompt_tokens: 30, completion_tokens: null }, [30, 0, 0, estimate.outputTokens]],
    [{ prompt_tokens: 30 }, [30, 0, 0, estimate.outputTokens]],
    [{ prompt_tokens: 30, completion_tokens: 0 }, [30, 0, 0, estimate.outputTokens]],
    [{ prompt_tokens: null, completion_tokens: 7 }, [estimate.inputTokens, 0, 0, 7]],
    [{ prompt_tokens: 0, completion_tokens: 7 }, [estimate.inputTokens, 0, 0, 7]],
  ])('of %j is estimated if a figure is absent, and never zero (OU-A30, A33)', (usage, expected) => {
    expect(figuresOf(usage)).toEqual(expected)
  })

  test('is zero for an empty answer (OU-A33)', () => {
    const usage = { prompt_tokens: 30, completion_tokens: 0 }
    expect(whole({ choices: [{ message: {}, finish_reason: 'stop' }], usage }).usage.output_tokens).toBe(0)
  })

  test('is estimated from all output of the model, and reported (OU-A33)', () => {
    const outputs: string[] = []
    const oddities: string[] = []
    const context = chatContext({
      estimateUsage: (output) => {
        outputs.push(output)
        return estimate
      },
      onOddity: (what) => oddities.push(what),
    })
    const output = {
      reasoning: 'Hm.',
      content: 'Look.',
      tool_calls: [{ id: 'c', function: { name: 'Read', arguments: '{"a":1}' } }],
    }
    whole({ choices: [{ message: output, finish_reason: 'stop' }] }, context)
    expect(outputs).toEqual(['Hm.Look.Read{"a":1}'])
    expect(oddities).toEqual(['no usage: estimated'])
  })

  test('comes at the end of a stream, after zeros at its beginning (OU-A34)', () => {
    const usage = { prompt_tokens: 100, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 60 } }
    const { events } = readText(toStream([{ ...chunk({ content: 'x' }), usage }, finish('stop')]))
    const [start] = events
    if (start?.type !== 'message_start') throw new Error('no message_start')
    expect(start.message.usage).toMatchObject({ input_tokens: 0, output_tokens: 0, cache_read_input_tokens: 0 })
    expect(events.find(({ type }) => type === 'message_delta')).toMatchObject({
      usage: { input_tokens: 40, output_tokens: 5, cache_read_input_tokens: 60, cache_creation_input_tokens: 0 },
    })
  })
})
