import { describe, expect, test } from 'bun:test'
import { MessageEvents } from '../../../src/translate/openai-chat-to-anthropic/events.ts'
import { collectMessage } from '../../../src/translate/openai-chat-to-anthropic/response.ts'
import { errorBodyIn, parseChatResponse } from '../../../src/translate/openai-chat-to-anthropic/stream-event.ts'
import type { ChatResponse } from '../../../src/wire/openai-chat/response.ts'
import {
  callPiece,
  chatContext,
  chunk,
  dataLine,
  finish,
  type Outcome,
  readText,
  streamed,
  toStream,
  usage,
} from '../../support/chat-response.ts'
import { countingIds } from '../../support/response-context.ts'

/** How streams begin and end: complete, broken, or with an error inside. */

const text = (content: string): ChatResponse => chunk({ content })
const usageChunk = { choices: [], usage }

const names = ({ events }: Outcome): string[] => events.map(({ type }) => type)
const spoken = ['message_start', 'ping', 'content_block_start', 'content_block_delta']
const ending = ['content_block_stop', 'message_delta', 'message_stop']

/** The events of chunks that have come so far. */
const accepted = (chunks: readonly ChatResponse[]): MessageEvents => {
  const events = new MessageEvents(chatContext(), countingIds())
  for (const one of chunks) events.accept(one)
  return events
}

describe('the first event waits for the first content (OU-S1)', () => {
  test.each<[string, ChatResponse]>([
    ['a chunk without choices', { choices: [] }],
    ['a role', chunk({ role: 'assistant', content: '' } as object)],
    ['an empty delta', chunk({})],
    ['a delta of null', { choices: [{ index: 0, delta: null }] }],
    ['empty members', chunk({ content: '', reasoning_content: '', refusal: null, tool_calls: [] })],
    ['usage', { ...chunk({}), usage }],
  ])('not sent with %s (OU-S1)', (_, first) => {
    expect(accepted([first, first]).take()).toEqual([])
  })

  test.each<[string, ChatResponse]>([
    ['text', text('x')],
    ['reasoning', chunk({ reasoning: 'x' })],
    ['a refusal', chunk({ refusal: 'x' })],
    ['a call with arguments', callPiece({ name: 'Read', arguments: '{' }, { id: 'a', index: 0 })],
    ['a finish reason', finish('stop')],
  ])('sent with %s (OU-S1)', (_, first) => {
    const [start, ping] = accepted([first]).take()
    expect([start?.type, ping?.type]).toEqual(['message_start', 'ping'])
  })

  test('a failing finish reason is an error before any event (OU-S1, OU-A26)', () => {
    const outcome = readText(toStream([chunk({}), finish('error')]))
    expect(names(outcome)).toEqual([])
    expect(outcome.error).toMatchObject({ type: 'api_error', status: 502, retryable: true })
  })
})

describe('an event that is not a JSON object', () => {
  test.each(['{"choices":[', 'Internal Server Error', '3', 'null', '[]', '[{"choices":[]},{}]', '"[DONE]"'])(
    'breaks the stream, wherever it comes: %s (OU-S3)',
    (data) => {
      const outcome = readText(`${dataLine(text('x'))}data: ${data}\n\n${dataLine(finish('stop'))}data: [DONE]\n\n`)
      expect(names(outcome)).toEqual(spoken)
      expect(outcome.error).toMatchObject({
        type: 'api_error',
        status: 502,
        isLoggable: true,
        message: "The upstream's stream broke: an event is not a JSON object.",
      })
    },
  )

  test('is ignored if it is empty (OU-S3)', () => {
    const outcome = readText(`data:\n\n: x\n\ndata:  \n\n${toStream([text('x'), finish('stop')])}`)
    expect(names(outcome)).toEqual([...spoken, ...ending])
  })
})

describe('a stream is complete', () => {
  const chunks = [text('x'), finish('stop')]

  test.each([
    ['[DONE]', toStream([text('x')])],
    ['[DONE] with white space around it', toStream([text('x')], 'data:  [DONE] \n\n')],
    ['[DONE] without a blank line', toStream([text('x')], 'data: [DONE]')],
    ['the end of the bytes after its finish reason', toStream(chunks, '')],
    ['half an event after its finish reason', toStream(chunks, 'data: {"choices":[],"usa')],
    ['a finish reason without a blank line', toStream([text('x')], dataLine(finish('stop')).trimEnd())],
  ])('by %s (OU-S14, OU-S2)', (_, stream) => {
    const outcome = readText(stream)
    expect(outcome.error).toBeUndefined()
    expect(names(outcome)).toEqual([...spoken, ...ending])
  })

  test('by a line that breaks after its finish reason, with an estimate of its usage (OU-S14)', () => {
    const events = accepted(chunks)
    events.end({ error: new Error('reset') })
    expect(collectMessage(events.take()).usage).toMatchObject({ input_tokens: 1001, output_tokens: 1002 })
  })

  test('by usage after the finish reason (OU-S16)', () => {
    const events = accepted(chunks)
    expect([events.isEnding, events.isFinished]).toEqual([true, false])
    events.accept(usageChunk)
    expect([events.isEnding, events.isFinished]).toEqual([false, true])
  })

  test('not by usage with the finish reason: more may follow (OU-S16)', () => {
    expect(accepted([text('x'), { ...finish('stop'), usage }]).isEnding).toBe(true)
  })

  test('only once, for any later chunks (OU-S16, OU-S17)', () => {
    const more = [usageChunk, text('late'), finish('length'), usageChunk]
    const outcome = readText(toStream([...chunks, ...more], 'data: [DONE]\n\ndata: [DONE]\n\n'))
    expect(outcome.error).toBeUndefined()
    expect(names(outcome)).toEqual([...spoken, ...ending])
  })

  test('after [DONE], for any bytes after it (OU-S2)', () => {
    const { events, error } = readText(toStream([text('x'), finish('stop')]) + dataLine(text('late')))
    expect(error).toBeUndefined()
    expect(JSON.stringify(events)).not.toContain('late')
  })

  test('with content after the first finish reason, which counts (OU-S16)', () => {
    const message = streamed([text('one'), finish('length'), { ...text(' two'), usage }, finish('stop'), usageChunk])
    expect(message.content).toMatchObject([{ text: 'one two' }])
    expect(message.stop_reason).toBe('max_tokens')
  })
})

describe('a stream is broken', () => {
  test.each([
    ['nothing at all', '', []],
    ['comments alone', ': OPENROUTER PROCESSING\n\n', []],
    ['a beginning', toStream([text('x')], ''), spoken],
    ['usage without a finish reason', toStream([text('x'), usageChunk], ''), spoken],
    ['half an event', toStream([text('x')], dataLine(finish('stop')).slice(0, -5)), spoken],
  ])('that ends after %s (OU-S14)', (_, stream, expected) => {
    const outcome = readText(stream)
    expect(names(outcome)).toEqual(expected)
    expect(outcome.error).toMatchObject({
      type: 'api_error',
      status: 502,
      retryable: true,
      message: "The upstream's stream broke: it ended too early.",
    })
  })

  test('by the error of the network (OU-S14)', () => {
    const events = accepted([text('x')])
    const error = new Error('reset')
    expect(() => events.end({ error })).toThrow(error)
    expect(events.take().map(({ type }) => type)).toEqual(spoken as never)
  })

  test('that ends by [DONE] without any choice (OU-A3, OU-A28)', () => {
    expect(readText('data: [DONE]\n\n').error).toMatchObject({ status: 502, retryable: true })
    expect(readText(toStream([usageChunk])).error).toMatchObject({ status: 502, retryable: true })
  })
})

describe('an error inside a 200 (OU-S15)', () => {
  const choices = [{ index: 0, delta: { content: 'x' }, finish_reason: null }]
  const bodies: [string, object][] = [
    ['an error object', { error: { message: 'Overloaded', code: 503 } }],
    [
      'an error next to choices',
      { error: { message: 'Overloaded', code: 503 }, choices: [{ index: 0, delta: {}, finish_reason: 'error' }] },
    ],
    ['an error text', { error: 'Overloaded' }],
    ['an error type and message', { error_type: 'overloaded', error_message: 'Overloaded' }],
    ['an object named error', { object: 'error', message: 'Overloaded', code: 40301 }],
    ['a detail', { detail: 'Overloaded' }],
    ['a message without choices', { message: 'Overloaded', code: 503 }],
    ['a msg without choices', { code: 500, msg: 'Overloaded', success: false }],
    ['a list of details', { detail: [{ loc: ['body'], msg: 'Overloaded' }] }],
    ['a status of MiniMax', { base_resp: { status_code: 1002, status_msg: 'Overloaded' }, choices: null }],
    ['a status of MiniMax as a text', { base_resp: { status_code: '1002' }, choices }],
  ]

  test.each(bodies)('is found by its shape: %s (OU-S15)', (_, body) => {
    expect(errorBodyIn(body as never)).toEqual(body as never)
    const outcome = readText(toStream([text('x'), body, finish('stop')]))
    expect(names(outcome)).toEqual(spoken)
    expect(outcome.error).toEqual(body)
    expect(names(readText(toStream([body])))).toEqual([])
  })

  test('in a choice is reported without the rest (OU-S15)', () => {
    const error = { message: 'Overloaded' }
    const body = {
      choices: [
        { index: 0, delta: {} },
        { index: 1, error, finish_reason: 'error' },
      ],
    }
    expect(errorBodyIn(body)).toMatchObject({ error })
  })

  test('is the data of any event with that name (OU-S15)', () => {
    for (const [data, body] of [
      ['{"message":"Overloaded"}', { message: 'Overloaded' }],
      ['Overloaded', { error: 'Overloaded' }],
    ] as const) {
      expect(readText(`event: error\ndata: ${data}\n\n`).error).toEqual(body)
    }
    expect(readText('event: error\ndata: Overloaded').error).toEqual({ error: 'Overloaded' })
    expect(readText('error: {"code":500,"message":"x"}\n\n').error).toEqual({ code: 500, message: 'x' })
  })

  test('may be the only item of a list (OU-S15)', () => {
    expect(readText(toStream([[{ error: { code: 400 } }]])).error).toEqual({ error: { code: 400 } })
    expect(parseChatResponse('[{"error":{"code":400}}]')).toEqual({ error: { code: 400 } })
  })

  test.each<[object]>([
    [{ choices, error: null }],
    [{ choices, error: '' }],
    [{ choices, error: {} }],
    [{ choices, base_resp: { status_code: 0, status_msg: '' } }],
    [{ choices, base_resp: { status_code: null } }],
    [{ choices: [{ ...choices[0], error: null }] }],
    [{ choices, detail: 'usage follows' }],
    [{ choices: [], message: 'no error' }],
    [{ choices: [], usage }],
    [{ choices: [], object: 'chat.completion.chunk', id: '' }],
  ])('is not found in %j (OU-S15)', (body) => {
    expect(errorBodyIn(body as never)).toBeUndefined()
  })
})

describe('members of the wrong type', () => {
  test.each<[object]>([
    [{ choices: 'none' }],
    [{ choices: [7, null, [], 'x'] }],
    [{ choices: [{ delta: 'x' }] }],
    [{ choices: [{ delta: { content: 7, reasoning: 7, refusal: {}, tool_calls: {}, function_call: 'x' } }] }],
    [{ choices: [{ delta: { tool_calls: [null, 'x', { index: 'x', function: 'x', custom: 7, extra_content: 7 }] } }] }],
    [{ choices: [{ finish_reason: 7 }] }],
    [{ choices: [{ index: 'x', delta: { reasoning_details: 'x' } }], usage: 7, x_groq: 'x', service_tier: 7 }],
  ])('are ignored: %j (OU-S3)', (body) => {
    const { error } = readText(toStream([text('x'), body, finish('stop')]))
    expect(error).toBeUndefined()
  })
})
