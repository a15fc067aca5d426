import { describe, expect, test } from 'bun:test'
import type { ChatResponse } from '../../../src/wire/openai-chat/response.ts'
import {
  briefly,
  type ContextMembers,
  callPiece,
  chatContext,
  chunk,
  contentOf,
  finish,
  readText,
  streamed,
  toStream,
} from '../../support/chat-response.ts'

/** Streamed tool calls, in the forms that servers give them. */

const calls = (chunks: readonly ChatResponse[], members: ContextMembers = {}): unknown[] =>
  contentOf(streamed([...chunks, finish('tool_calls')], chatContext(members)))

const named = (name: string, input: unknown, place: { id?: string; index?: number }) =>
  callPiece({ name, arguments: input }, place)
const more = (input: string, place: { id?: string; index?: number } = {}) => callPiece({ arguments: input }, place)

/** The events of a stream that is not over, in few words. */
const eventsOf = (chunks: readonly ChatResponse[]): unknown[] =>
  readText(toStream(chunks, '')).events.flatMap((event): unknown[] => {
    if (event.type === 'content_block_start') return [briefly(event.content_block)]
    if (event.type === 'content_block_stop') return ['stop']
    if (event.type !== 'content_block_delta') return []
    return [event.delta.type === 'input_json_delta' ? event.delta.partial_json : event.delta]
  })

describe('a piece belongs to', () => {
  test('the call with its id, for any index (OU-S8)', () => {
    expect(
      calls([
        named('Read', '{"a"', { id: 'a', index: 0 }),
        named('Bash', '{"b"', { id: 'b', index: 0 }),
        more(':1}', { id: 'a', index: 0 }),
        more(':2}', { id: 'b', index: 5 }),
      ]),
    ).toEqual([
      { Read: { a: 1 }, id: 'a' },
      { Bash: { b: 2 }, id: 'b' },
    ])
  })

  test('the call at its index (OU-S8)', () => {
    expect(
      calls([
        named('Read', '', { id: 'a', index: 0 }),
        named('Bash', '', { id: 'b', index: 1 }),
        more('{"a":1}', { index: 0 }),
        more('{"b":2}', { index: 1 }),
      ]),
    ).toEqual([
      { Read: { a: 1 }, id: 'a' },
      { Bash: { b: 2 }, id: 'b' },
    ])
  })

  test('a new call if it has a name and a new id at a known index (OU-S8)', () => {
    expect(
      calls([named('Read', '{"a":1}', { id: 'a', index: 0 }), named('Read', '{"a":2}', { id: 'b', index: 0 })]),
    ).toEqual([
      { Read: { a: 1 }, id: 'a' },
      { Read: { a: 2 }, id: 'b' },
    ])
  })

  test('a new call if it has a name after complete arguments (OU-S8)', () => {
    expect(calls([named('Read', '{"a":1}', { index: 0 }), named('Read', '{"a":2}', { index: 0 })])).toEqual([
      { Read: { a: 1 }, id: 'tooluse' },
      { Read: { a: 2 }, id: 'tooluse-2' },
    ])
    expect(calls([named('Read', '{}', { index: 0 }), named('Read', '{}', { index: 0 })])).toHaveLength(2)
  })

  test('the same call if it repeats the name before the end of the arguments, or without new data (OU-S8)', () => {
    const place = { id: 'a', index: 0 }
    const pieces = [named('Read', '{"a"', place), named('Read', ':1}', place), named('Read', ' ', place)]
    expect(calls(pieces)).toEqual([{ Read: { a: 1 }, id: 'a' }])
  })

  test('the same call if it has a new id but no name (OU-S8)', () => {
    expect(
      calls([
        named('Read', '{"a"', { id: 'call_1', index: 0 }),
        more(':', { id: 'call_2', index: 0 }),
        more('1}', { id: 'call_3', index: 0 }),
      ]),
    ).toEqual([{ Read: { a: 1 }, id: 'call_1' }])
  })

  test('the latest call if it has no index and no id, or to a new one if it has a name (OU-S8)', () => {
    expect(
      calls([named('Read', '{"a"', {}), more(':1}'), named('Bash', '{"b":', {}), more('2}'), named('Bash', '{}', {})]),
    ).toEqual([
      { Read: { a: 1 }, id: 'tooluse' },
      { Bash: { b: 2 }, id: 'tooluse-2' },
      { Bash: {}, id: 'tooluse-3' },
    ])
  })

  test('a call only by its index, not by its position in the list (OU-S8)', () => {
    const list = (...pieces: object[]): ChatResponse => chunk({ tool_calls: pieces })
    expect(
      calls([
        list(
          { index: 3, id: 'd', function: { name: 'Read', arguments: '' } },
          { index: 1, id: 'b', function: { name: 'Bash', arguments: '{"b":2}' } },
        ),
        list({ index: 3, function: { arguments: '{"d":4}' } }),
      ]),
    ).toEqual([
      { Read: { d: 4 }, id: 'd' },
      { Bash: { b: 2 }, id: 'b' },
    ])
  })

  test('a call of the same choice (OU-A3, OU-S8)', () => {
    const ofChoice = (index: number, path: string): ChatResponse => ({
      choices: [
        {
          index,
          delta: { tool_calls: [{ index: 0, id: path, function: { name: 'Read', arguments: `{"p":"${path}"}` } }] },
        },
      ],
    })
    expect(calls([ofChoice(0, 'a'), ofChoice(1, 'b')])).toEqual([
      { Read: { p: 'a' }, id: 'a' },
      { Read: { p: 'b' }, id: 'b' },
    ])
  })

  test('a new call with a new id if a known id comes at another index (OU-A8, OU-S8)', () => {
    expect(
      calls([
        named('Read', '{"a":1}', { id: 'call_0', index: 0 }),
        named('Read', '{"a"', { id: 'call_0', index: 1 }),
        more(':2}', { id: 'call_0', index: 1 }),
      ]),
    ).toEqual([
      { Read: { a: 1 }, id: 'call_0' },
      { Read: { a: 2 }, id: 'call_0-2' },
    ])
  })

  test('no call for the client after the first, if the client allows only one (OU-Q64)', () => {
    expect(
      calls(
        [
          named('Read', '{"a"', { id: 'a', index: 0 }),
          named('Bash', '{"b"', { id: 'b', index: 1 }),
          more(':1}', { index: 0 }),
          more(':2}', { index: 1 }),
          more(' late', { index: 1 }),
        ],
        { isOneCallAllowed: true },
      ),
    ).toEqual([{ Read: { a: 1 }, id: 'a' }])
  })
})

describe('the block of a call', () => {
  test('begins with the first arguments and loses none (OU-S5, OU-S9)', () => {
    const name = named('Read', '', { id: 'a', index: 0 })
    expect(eventsOf([name])).toEqual([])
    expect(eventsOf([name, more('{"a"', { index: 0 }), more(':1}', { index: 0 })])).toEqual([
      { Read: {}, id: 'a' },
      '{"a"',
      ':1}',
    ])
  })

  test('waits for a name, and takes it in pieces (OU-S9)', () => {
    const name = ['mcp__', 'docs__', 'find'].map((piece) => named(piece, '', { id: 'a', index: 0 }))
    expect(calls([...name, more('{"a":1}', { index: 0 })])).toEqual([{ mcp__docs__find: { a: 1 }, id: 'a' }])
    const nameless = more('{"a":1}', { id: 'a', index: 0 })
    expect(eventsOf([nameless])).toEqual([])
    expect(calls([nameless, named('Read', '', { index: 0 })])).toEqual([{ Read: { a: 1 }, id: 'a' }])
  })

  test.each([[''], [null], [7], ['Read']])('ignores a repeated name, also with %j (OU-S9)', (name) => {
    const repeated = callPiece({ name, arguments: '{"a":1}' }, { index: 0 })
    expect(calls([callPiece({ name: 'Read' }, { id: 'a', index: 0 }), repeated])).toEqual([{ Read: { a: 1 }, id: 'a' }])
  })

  test('does not begin with an empty piece (OU-S7, OU-S9)', () => {
    const empty = chunk({ tool_calls: [{ index: 3, id: '', function: { name: '', arguments: '' } }, { index: 4 }] })
    expect(calls([empty, chunk({ function_call: 'x' } as object), chunk({ content: 'So.' })])).toEqual(['So.'])
  })

  test('ignores names and ids after it is open (OU-S9)', () => {
    expect(
      calls([
        named('Read', '{"a"', { index: 0 }),
        named('er', '', { index: 0 }),
        more(':1}', { id: 'late', index: 0 }),
      ]),
    ).toEqual([{ Read: { a: 1 }, id: 'tooluse' }])
  })

  test('begins without arguments before another block or the end (OU-S9, OU-S10)', () => {
    expect(calls([named('Read', '', { id: 'a', index: 0 })])).toEqual([{ Read: {}, id: 'a' }])
    expect(calls([named('Read', '', { id: 'a', index: 0 }), chunk({ content: 'So.' })])).toEqual([
      { Read: {}, id: 'a' },
      'So.',
    ])
  })

  test('ends before the next one if its arguments are complete (OU-S9)', () => {
    const pieces = [named('Read', '{"a":"}"}', { id: 'a', index: 0 }), named('Bash', '{"b"', { id: 'b', index: 1 })]
    expect(eventsOf(pieces)).toEqual([{ Read: {}, id: 'a' }, '{"a":"}"}', 'stop', { Bash: {}, id: 'b' }, '{"b"'])
  })

  test('makes the next blocks wait in order until its arguments are complete (OU-S9)', () => {
    const pieces = [
      named('Read', '{"a":', { id: 'a', index: 0 }),
      named('Bash', '{"b":2}', { id: 'b', index: 1 }),
      chunk({ content: 'So ' }),
      chunk({ content: 'it is.' }),
      chunk({ reasoning_content: 'Hm.' }),
    ]
    expect(eventsOf(pieces)).toEqual([{ Read: {}, id: 'a' }, '{"a":'])
    const expected = [{ Read: { a: 1 }, id: 'a' }, { Bash: { b: 2 }, id: 'b' }, 'So it is.', { thinking: 'Hm.' }]
    expect(calls([...pieces, more('1}', { index: 0 })])).toEqual(expected)
  })

  test('makes the next blocks wait until the end if its arguments stay incomplete (OU-S9)', () => {
    const raw = '{"a":[}'
    expect(calls([named('Read', raw, { id: 'a', index: 0 }), named('Bash', '{}', { id: 'b', index: 1 })])).toEqual([
      { Read: { __unparsedToolInput: { raw } }, id: 'a' },
      { Bash: {}, id: 'b' },
    ])
  })

  test('ignores white space after its end; other text breaks the stream (OU-S9, OU-S14)', () => {
    const pieces = [
      named('Read', '{"a":1}', { id: 'a', index: 0 }),
      named('Bash', '{"b":2}', { id: 'b', index: 1 }),
      more(' \n', { index: 0 }),
    ]
    expect(calls(pieces)).toHaveLength(2)
    const { events, error } = readText(toStream([...pieces, more('{"a":2}', { index: 0 }), finish('tool_calls')]))
    expect(error).toMatchObject({ type: 'api_error', message: expect.stringContaining('continues after its end') })
    expect(events.some(({ type }) => type === 'message_stop')).toBe(false)
  })
})

describe('arguments', () => {
  test('that come as an object are written as JSON (OU-S10)', () => {
    expect(calls([named('Read', { a: [1, 'x'] }, { id: 'a', index: 0 })])).toEqual([{ Read: { a: [1, 'x'] }, id: 'a' }])
  })

  test('of an empty object are replaced by later ones (OU-S10)', () => {
    const first = named('Read', '{}', { id: 'a', index: 0 })
    expect(eventsOf([first])).toEqual([{ Read: {}, id: 'a' }])
    const real = [more('{"location"', { index: 0 }), more(':"Ulm"}', { index: 0 })]
    expect(calls([first, ...real])).toEqual([{ Read: { location: 'Ulm' }, id: 'a' }])
    expect(calls([named('Read', {}, { id: 'a', index: 0 }), named('Read', '{"a":1}', { id: 'a', index: 0 })])).toEqual([
      { Read: { a: 1 }, id: 'a' },
    ])
    expect(calls([first])).toEqual([{ Read: {}, id: 'a' }])
    expect(calls([first, more(' ', { index: 0 })])).toEqual([{ Read: {}, id: 'a' }])
  })

  test.each([
    ['"{\\"a\\":', '1}"', { a: 1 }],
    ['nu', 'll', {}],
    ['"', '"', {}],
    ['[1', ']', { __unparsedToolInput: { raw: '[1]' } }],
    ['path', '=a', { __unparsedToolInput: { raw: 'path=a' } }],
  ])('that do not begin with a brace are held until the end: %s%s (OU-S10, OU-A7)', (first, second, expected) => {
    const pieces = [named('Read', first, { id: 'a', index: 0 }), more(second, { index: 0 })]
    expect(eventsOf(pieces)).toEqual([{ Read: {}, id: 'a' }])
    expect(calls(pieces)).toEqual([{ Read: expected, id: 'a' }])
  })

  test('that cannot be parsed are sent to the client unchanged (OU-A7)', () => {
    const { events } = readText(toStream([named('Read', '{"a":', { id: 'a', index: 0 }), finish('tool_calls')]))
    const deltas = events.flatMap((event) => (event.type === 'content_block_delta' ? [event.delta] : []))
    expect(deltas).toEqual([{ type: 'input_json_delta', partial_json: '{"a":' }])
  })

  test('without text are an empty object (OU-S10)', () => {
    expect(eventsOf([named('Read', '', { id: 'a', index: 0 }), named('Bash', '{', { id: 'b', index: 1 })])).toEqual([
      { Read: {}, id: 'a' },
    ])
    const { events } = readText(toStream([named('Read', '', { id: 'a', index: 0 }), finish('tool_calls')]))
    expect(events).toContainEqual({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json: '{}' },
    })
  })

  test('of a custom tool are sent at the end (OU-A7)', () => {
    const piece = (custom: object): ChatResponse =>
      chunk({ tool_calls: [{ index: 0, id: 'c', type: 'custom', custom }] })
    expect(calls([piece({ name: 'Patch', input: '*** ' }), piece({ input: 'Begin' })])).toEqual([
      { Patch: { input: '*** Begin' }, id: 'c' },
    ])
  })

  test('of a call in the older form, before tool_calls, also come in pieces (OU-A7)', () => {
    const pieces = [{ name: 'Read', arguments: '' }, { arguments: '{"a"' }, { arguments: ':1}' }]
    expect(calls(pieces.map((function_call) => chunk({ function_call })))).toEqual([{ Read: { a: 1 }, id: 'tooluse' }])
  })
})
