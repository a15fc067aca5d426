import { describe, expect, test } from 'bun:test'
import type { ChatOutput } from '../../../src/wire/openai-chat/response.ts'
import {
  answer,
  type ContextMembers,
  callPiece,
  chatContext,
  chunk,
  finish,
  streamed,
  usage,
  whole,
} from '../../support/chat-response.ts'

/** Clients decide by the stop reason whether to run tools: both forms of a response have to agree with its content. */

const text: ChatOutput = { content: 'Nothing to run.' }
const call: ChatOutput = { tool_calls: [{ index: 0, id: 'c', function: { name: 'Read', arguments: '{"a":1}' } }] }
const cutCall: ChatOutput = { tool_calls: [{ index: 0, id: 'c', function: { name: 'Read', arguments: '{"a":' } }] }

const nameAlone: ChatOutput = { tool_calls: [{ index: 0, id: 'c', function: { name: 'Read', arguments: '' } }] }

/** How a whole response and a stream of the same content end. */
const endsOf = (output: ChatOutput, choice: object, members: ContextMembers = {}): unknown[] => {
  const context = chatContext(members)
  const messages = [
    whole(answer(output, choice), context),
    streamed([chunk(output), chunk({}, choice), { usage }], context),
  ]
  return messages.map(({ stop_reason, stop_sequence }) => [stop_reason, stop_sequence])
}

const both = (reason: string, sequence: string | null = null): unknown[] => [
  [reason, sequence],
  [reason, sequence],
]

describe('a context that is full without a word about it', () => {
  const ends = (output: ChatOutput, finish_reason: string, tokens: object, members: ContextMembers = {}) => {
    const oddities: string[] = []
    const context = chatContext({ onOddity: (what) => oddities.push(what), ...members })
    const counted = { ...usage, ...tokens }
    const messages = [
      whole({ ...answer(output, { finish_reason }), usage: counted }, context),
      streamed([chunk(output), finish(finish_reason), { usage: counted }], context),
    ]
    const reasons = [...new Set(messages.map(({ stop_reason }): string | null => stop_reason))]
    return { reasons, isReported: oddities.includes('full context') } as const
  }
  const full: ReturnType<typeof ends> = { reasons: ['model_context_window_exceeded'], isReported: true }

  test('is known by length without output (OU-E10)', () => {
    expect(ends({ content: '' }, 'length', { completion_tokens: 0 })).toEqual(full)
    expect(ends({ content: 'a' }, 'length', {})).toEqual({ reasons: ['max_tokens'], isReported: false })
  })

  test('is not where reasoning that is not shown has used up the tokens (OU-E10, A23)', () => {
    const counted = { completion_tokens: 100 }
    expect(ends({ content: '' }, 'length', counted)).toEqual({ reasons: ['max_tokens'], isReported: false })
  })

  test('is known by a prompt that reaches the configured limit (OU-E10)', () => {
    expect(ends(text, 'stop', { prompt_tokens: 8192 }, { contextLimit: 8192 })).toEqual(full)
    const below = ends(text, 'stop', { prompt_tokens: 8191 }, { contextLimit: 8192 })
    expect(below).toEqual({ reasons: ['end_turn'], isReported: false })
  })

  test('does not take away calls (OU-E10)', () => {
    expect(ends(call, 'tool_calls', { prompt_tokens: 8192 }, { contextLimit: 8192 }).reasons).toEqual(['tool_use'])
  })
})

describe('the stop reason', () => {
  test.each(['stop', 'end', 'eos', 'end_turn', 'COMPLETE', 'a_later_word'])(
    'of %s says whether there are calls to run (OU-A20)',
    (finish_reason) => {
      expect(endsOf(text, { finish_reason })).toEqual(both('end_turn'))
      expect(endsOf(call, { finish_reason })).toEqual(both('tool_use'))
    },
  )

  test('of an unknown value is reported (OU-A20)', () => {
    const oddities: string[] = []
    const onOddity = (what: string): void => void oddities.push(what)
    endsOf(text, { finish_reason: 'stop' }, { onOddity })
    expect(oddities).toEqual([])
    endsOf(text, { finish_reason: 'a_later_word' }, { onOddity })
    expect(oddities).toEqual(['finish reason', 'finish reason'])
  })

  test.each([
    ['stop_reason', 'END', ['X', 'END'], 'stop_sequence', 'END'],
    ['matched_stop', 'END', ['END'], 'stop_sequence', 'END'],
    ['stop_reason', '<|end|>', ['END'], 'end_turn', null],
    ['stop_reason', 151645, ['151645'], 'end_turn', null],
    ['matched_stop', 151645, ['151645'], 'end_turn', null],
    ['stop_reason', null, ['END'], 'end_turn', null],
    // With one sequence requested, any stop was taken for it once.
    ['index', 0, ['END'], 'end_turn', null],
  ])('of a stop with %s %j, of %j, is %s (OU-A21)', (member, value, stopSequences, reason, sequence) => {
    expect(endsOf(text, { finish_reason: 'stop', [member]: value }, { stopSequences })).toEqual(both(reason, sequence))
  })

  test.each(['tool_calls', 'function_call'])('of %s needs a call (OU-A22)', (finish_reason) => {
    expect(endsOf(call, { finish_reason })).toEqual(both('tool_use'))
    expect(endsOf(text, { finish_reason })).toEqual(both('end_turn'))
  })

  test('of tool_calls is max_tokens if the limit cut the last call (OU-A22)', () => {
    const choice = { finish_reason: 'tool_calls' }
    expect(endsOf(cutCall, choice, { maxTokens: usage.completion_tokens })).toEqual(both('max_tokens'))
    expect(endsOf(nameAlone, choice, { maxTokens: usage.completion_tokens })).toEqual(both('max_tokens'))
    expect(endsOf(cutCall, choice, { maxTokens: usage.completion_tokens + 1 })).toEqual(both('tool_use'))
    expect(endsOf(call, choice, { maxTokens: usage.completion_tokens })).toEqual(both('tool_use'))
  })

  test.each([
    ['length', 'max_tokens', 'OU-A23'],
    ['max_tokens', 'max_tokens', 'OU-A23'],
    ['model_length', 'model_context_window_exceeded', 'OU-A24'],
    ['model_context_window_exceeded', 'model_context_window_exceeded', 'OU-A24'],
    ['content_filter', 'refusal', 'OU-A25'],
    ['sensitive', 'refusal', 'OU-A25'],
    ['safety', 'refusal', 'OU-A25'],
  ])('of %s is %s for any content (%s)', (finish_reason, expected) => {
    for (const output of [text, call, cutCall, {}]) expect(endsOf(output, { finish_reason })).toEqual(both(expected))
  })

  test('of a content filter adds an explanation, and the earlier text stays (OU-A25)', () => {
    const message = streamed([chunk(text), finish('content_filter')])
    expect(message.content).toMatchObject([{ type: 'text', text: 'Nothing to run.' }])
    expect(message.stop_details).toEqual({
      type: 'refusal',
      category: null,
      explanation: "The provider's content filter stopped the response.",
      recommended_model: null,
      fallback_credit_token: null,
      fallback_has_prefill_claim: null,
    })
  })

  test.each([{ finish_reason: null }, { finish_reason: undefined }, { finish_reason: '' }, {}])(
    'of a whole response without one goes by the content: %j (OU-A27)',
    (choice) => {
      const reasonOf = (output: ChatOutput) => whole({ choices: [{ message: output, ...choice }], usage }).stop_reason
      expect([reasonOf(text), reasonOf(call), reasonOf({})]).toEqual(['end_turn', 'tool_use', 'end_turn'])
    },
  )

  test('of a stream without one follows from the content after [DONE] (OU-A28)', () => {
    expect(streamed([chunk(text)]).stop_reason).toBe('end_turn')
    expect(streamed([callPiece({ name: 'Read', arguments: '{}' }, { id: 'c', index: 0 })]).stop_reason).toBe('tool_use')
  })
})
