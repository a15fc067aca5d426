import { describe, expect, test } from 'bun:test'
import { refusalDetails } from '../../../src/messages/refusal.ts'
import { ResponseEvents } from '../../../src/translate/openai-responses-entrance/events.ts'
import type { MessageStreamEvent } from '../../../src/wire/anthropic/events.ts'
import type { Message, ResponseBlock } from '../../../src/wire/anthropic/response.ts'
import { streamOf } from '../../support/random-answers.ts'
import {
  answerWith,
  callBlock,
  clock,
  identity,
  responsesPlan,
  textBlock,
  wholeOf,
} from '../../support/responses-answer.ts'

describe('the end', () => {
  test('is one event with the whole answer; the usage counts all of the prompt (OE-R34, OE-R40, OE-R41)', () => {
    const events = new ResponseEvents(responsesPlan({ echo: { store: true } }), identity, clock)
    const written = events.batch(streamOf(answerWith([textBlock('Hi')]), 9))
    expect(written.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['response.created', 'response.in_progress', 'response.completed']),
    )
    expect(written.slice(0, 2).map((event) => 'response' in event && event.response.usage)).toEqual([null, null])
    expect(written.at(-1)).toMatchObject({
      type: 'response.completed',
      response: {
        id: 'resp_0a',
        status: 'completed',
        created_at: identity.created,
        completed_at: clock(),
        model: 'gpt-5',
        store: true,
        usage: {
          input_tokens: 18,
          input_tokens_details: { cached_tokens: 5, cache_write_tokens: 3 },
          output_tokens: 7,
          total_tokens: 25,
        },
      },
    })
  })

  test('of an answer that was cut is incomplete, like its last item alone (OE-R36)', () => {
    const cut = wholeOf([textBlock('a'), callBlock('exec', {})], { stop_reason: 'max_tokens' })
    expect(cut).toMatchObject({
      status: 'incomplete',
      completed_at: null,
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ status: 'completed' }, { status: 'incomplete' }],
    })
  })

  test('of a refusal is a completed answer with the reason as text, written once (OE-R37)', () => {
    const refusal = { stop_reason: 'refusal', stop_details: refusalDetails('Not that.') } as const
    const partsOf = (content: ResponseBlock[], members: Partial<Message>) =>
      wholeOf(content, members).output.map((item) => item.type === 'message' && item.content.map((part) => part.text))
    expect(wholeOf([], refusal).status).toBe('completed')
    expect(partsOf([], refusal)).toEqual([['Not that.']])
    expect(partsOf([textBlock('I')], refusal)).toEqual([['I', 'Not that.']])
    expect(partsOf([textBlock('Not that.')], refusal)).toEqual([['Not that.']])
    expect(partsOf([], { stop_reason: 'refusal' })).toEqual([['The model refused to answer this request.']])
  })

  test('of a refusal leaves the item before it incomplete: it may have been cut (OE-R36, OE-R37)', () => {
    const thinking: ResponseBlock = { type: 'thinking', thinking: 'Cut', signature: '' }
    const { output } = wholeOf([callBlock('exec', { a: 1 }), thinking], { stop_reason: 'refusal' })
    expect(output.map((item) => 'status' in item && item.status)).toEqual(['completed', false, 'completed'])
    expect(JSON.stringify(output[1])).not.toContain('encrypted_content')
    const [call] = wholeOf([callBlock('exec', { a: 1 })], { stop_reason: 'refusal' }).output
    expect(call).toMatchObject({ type: 'function_call', status: 'incomplete' })
  })

  test('of a full context window is a failure with the code that clients shorten the conversation for (OE-R38)', () => {
    expect(wholeOf([textBlock('a')], { stop_reason: 'model_context_window_exceeded' })).toMatchObject({
      status: 'failed',
      error: { code: 'context_length_exceeded' },
      output: [{ status: 'incomplete' }],
    })
  })

  test('of a stream that fails has the items that are done, and the start if it is the first (OE-R39)', () => {
    const failure = { code: 'server_error', message: 'broken' }
    const events = new ResponseEvents(responsesPlan(), identity, clock)
    const [response] = [{ status: 'failed', error: failure, output: [] }]
    expect(events.failed(failure)).toMatchObject([
      { type: 'response.created' },
      { type: 'response.in_progress' },
      { type: 'response.failed', response },
    ])
    const begun = new ResponseEvents(responsesPlan(), identity, clock)
    const stream: MessageStreamEvent[] = streamOf(answerWith([textBlock('done'), callBlock('exec', { a: 1 })]), 4)
    begun.batch(stream.slice(0, -4))
    expect(begun.failed(failure)).toMatchObject([
      { type: 'response.failed', response: { output: [{ type: 'message', status: 'completed' }] } },
    ])
  })

  test('estimates the tokens of thinking, at most those of the output (OE-R40)', () => {
    const reasoning = (thinking: string) =>
      wholeOf([{ type: 'thinking', thinking, signature: 's' }]).usage?.output_tokens_details.reasoning_tokens
    expect(reasoning('12345')).toBe(2)
    expect(reasoning('x'.repeat(1000))).toBe(7)
  })
})
