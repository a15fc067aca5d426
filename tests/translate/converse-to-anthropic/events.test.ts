import { describe, expect, test } from 'bun:test'
import { toMessage } from '../../../src/translate/converse-to-anthropic/response.ts'
import type { ResponseContext } from '../../../src/translate/converse-to-anthropic/response-context.ts'
import type { EventBatch } from '../../../src/wire/anthropic/events.ts'
import type { ConverseStreamEvent } from '../../../src/wire/converse/events.ts'
import { countingIds, responseContext } from '../../support/response-context.ts'
import { batchesOf } from '../../support/response-stream.ts'

/** Incomplete streams: first the valid events, then a failure. */

const start: ConverseStreamEvent = { type: 'messageStart' }
const text = (words: string, contentBlockIndex = 0): ConverseStreamEvent => ({
  type: 'contentBlockDelta',
  contentBlockIndex,
  delta: { text: words },
})
const toolStart = (contentBlockIndex: number): ConverseStreamEvent => ({
  type: 'contentBlockStart',
  contentBlockIndex,
  start: { toolUse: { toolUseId: 'tooluse_1', name: 'T' } },
})
const toolInput = (contentBlockIndex: number, input = '{}'): ConverseStreamEvent => ({
  type: 'contentBlockDelta',
  contentBlockIndex,
  delta: { toolUse: { input } },
})
const end = (contentBlockIndex: number): ConverseStreamEvent => ({ type: 'contentBlockStop', contentBlockIndex })
const stop = (stopReason: string): ConverseStreamEvent => ({ type: 'messageStop', stopReason }) as ConverseStreamEvent
const metadata: ConverseStreamEvent = { type: 'metadata', usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 } }

/** The types of the received events, and the failure's message. */
const read = async (
  events: readonly ConverseStreamEvent[],
  failure?: Error,
  members: Partial<ResponseContext> = {},
): Promise<[string[], string]> => {
  const names: string[] = []
  try {
    const take = (batch: EventBatch): void => {
      for (const { type } of batch) names.push(type)
    }
    for await (const batch of batchesOf([events], responseContext(members), countingIds(), failure)) take(batch)
  } catch (error) {
    return [names, (error as Error).message]
  }
  return [names, '']
}

const startEventTypes = ['message_start', 'ping']
const textEventTypes = [...startEventTypes, 'content_block_start', 'content_block_delta']

describe('a stream', () => {
  test.each([
    ['that has only begun', [start], startEventTypes],
    ['without its stop', [start, text('x')], textEventTypes],
    [
      'with figures, but without its stop',
      [start, text('x'), end(0), metadata],
      [...textEventTypes, 'content_block_stop'],
    ],
    ['with nothing in it', [], []],
  ])('3.2 cut: %s is cut', async (_, events, names) => {
    expect(await read(events)).toEqual([names, 'Bedrock stream ended before messageStop'])
  })

  test('3.4 after: that breaks keeps its events, and its own failure', async () => {
    expect(await read([start, text('x')], new Error('line broke'))).toEqual([textEventTypes, 'line broke'])
  })

  test('3.2 end: that breaks after its stop is a response', async () => {
    const [names, failure] = await read([start, text('x'), stop('end_turn')], new Error('line broke'))
    expect([names.at(-1), failure]).toEqual(['message_stop', ''])
  })

  test('3.2 change: thinking without a signature is over after some events of other blocks', async () => {
    const thought: ConverseStreamEvent = {
      type: 'contentBlockDelta',
      contentBlockIndex: 0,
      delta: { reasoningContent: { text: 'hm' } },
    }
    const words = Array.from({ length: 3 }, () => text('x', 1))
    // Read before the response has ended.
    expect((await read([start, thought, ...words]))[0].slice(2)).toEqual([
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'content_block_start',
      ...words.map(() => 'content_block_delta'),
    ])
    const [, , ...waiting] = (await read([start, thought, ...words.slice(1)]))[0]
    expect(waiting).toEqual(['content_block_start', 'content_block_delta'])
  })

  test('3.2 signature: a late signature begins no block', async () => {
    const of = (reasoningContent: object): ConverseStreamEvent => ({
      type: 'contentBlockDelta',
      contentBlockIndex: 0,
      delta: { reasoningContent },
    })
    const events = [
      start,
      of({ text: 'hm' }),
      text('a', 1),
      text('b', 1),
      text('c', 1),
      of({ signature: 's' }),
      text('d', 1),
    ]
    const [names] = await read(events)
    expect(names.filter((name) => name === 'content_block_start').length).toBe(2)
  })

  test('2 stop reasons, 2 text: parts without a translation are reported by name', async () => {
    const withOddityLog: string[] = []
    const reply = responseContext({ onOddity: (what) => withOddityLog.push(what) })
    const content = [{ audio: { bytes: 'x' } }, { text: 'words' }] as never
    toMessage({ output: { message: { content } }, stopReason: 'incomplete' }, reply, countingIds())
    expect(withOddityLog).toEqual(['block of audio', 'stop reason'])
  })

  test('with the input of a tool use without a start cannot be used', async () => {
    const failure = 'Bedrock sent the input of a tool use that it had not started.'
    expect(await read([start, toolInput(0), stop('tool_use')])).toEqual([startEventTypes, failure])
    expect(await read([start, text('x'), toolInput(1), stop('tool_use')])).toEqual([
      [...textEventTypes, 'content_block_stop'],
      failure,
    ])
  })
})

describe('malformed output', () => {
  const failure = 'The model produced malformed output. Try again.'

  test.each(['malformed_tool_use', 'malformed_model_output'])(
    '2 malformed: %s is an answer with text alone',
    async (reason) => {
      expect((await read([start, text('x'), stop(reason)]))[1]).toBe('')
      expect((await read([start, stop(reason)]))[1]).toBe(failure)
      expect((await read([start, text(''), stop(reason)]))[1]).toBe(failure)
      expect((await read([start, toolStart(0), stop(reason)]))[1]).toBe(failure)
      const both = await read([start, text('x'), end(0), toolStart(1), toolInput(1), end(1), stop(reason), metadata])
      expect(both[1]).toBe(failure)
      expect(both[0].at(-1)).toBe('content_block_stop')
    },
  )
})

describe('2 tool use: the input in a complete response', () => {
  const inputOf = (input: unknown): unknown => {
    const toolUse = { toolUseId: 't', name: 'T', input }
    const { content } = toMessage(
      { output: { message: { content: [{ toolUse }] } }, stopReason: 'tool_use' },
      responseContext(),
      countingIds(),
    )
    return content[0]?.type === 'tool_use' && content[0].input
  }

  test.each([
    [undefined, {}],
    [null, {}],
    ['', {}],
    ['{"a":1}', { a: 1 }],
    [{ b: 2 }, { b: 2 }],
  ])('2 tool use: %p is %p', (input, expected) => expect(inputOf(input)).toEqual(expected))

  test.each(['words', '[1]', 7, [1]])('2 tool use: %p is not an input, and the response is unusable', (input) => {
    expect(() => inputOf(input)).toThrow('malformed output')
  })
})

describe('the input of a tool use', () => {
  const called = (pieces: readonly string[], stopReason: string): ConverseStreamEvent[] => [
    start,
    toolStart(0),
    ...pieces.map((piece) => toolInput(0, piece)),
    end(0),
    stop(stopReason),
    metadata,
  ]
  const faults: [string, string[]][] = [
    ['no JSON', ['no', 'pe']],
    ['a list', ['[1]']],
    ['half an object', ['{"a": ', '"b"']],
    ['an object and more', ['{}', '{}']],
  ]

  test.each(faults)(
    '3.2 tool input: that is %s ends the stream in an error, as a whole answer does',
    async (_, pieces) => {
      for (const stopReason of ['tool_use', 'end_turn']) {
        const [names, failure] = await read(called(pieces, stopReason))
        expect(names).not.toContain('message_stop')
        expect(failure).toBe('The model produced malformed output. Try again.')
      }
    },
  )

  test.each(faults)('3.2 tool input: that is %s is allowed in a response that was cut', async (_, pieces) => {
    for (const stopReason of ['max_tokens', 'model_context_window_exceeded', 'stop_sequence']) {
      const [names, failure] = await read(called(pieces, stopReason))
      expect([names.at(-1), failure]).toEqual(['message_stop', ''])
    }
  })

  test('N6 is not checked if the client requested fine-grained tool streaming', async () => {
    const [names, failure] = await read(called(['nope'], 'tool_use'), undefined, { takesInvalidInput: true })
    expect([names.at(-1), failure]).toEqual(['message_stop', ''])
  })

  test('3.2 tool input: of each call is checked separately', async () => {
    const events = [
      start,
      toolStart(0),
      toolInput(0, '{"a":'),
      toolInput(0, '1}'),
      end(0),
      toolStart(1),
      toolInput(1, ''),
    ]
    const [names, failure] = await read([...events, end(1), stop('tool_use'), metadata])
    expect([names.at(-1), failure]).toEqual(['message_stop', ''])
  })
})
