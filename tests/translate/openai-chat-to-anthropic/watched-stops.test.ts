import { describe, expect, test } from 'bun:test'
import {
  answer,
  briefly,
  type ContextMembers,
  callPiece,
  chatContext,
  chunk,
  contentOf,
  contentOfStream,
  contentOfText,
  finish,
  readText,
  says,
  streamed,
  textSoFar,
  toStream,
  whole,
} from '../../support/chat-response.ts'

/** The text ends before a stop sequence that the server does not watch for. */

const call = callPiece({ name: 'Read', arguments: '{}' }, { id: 'a', index: 0 })

describe('watched stop sequences', () => {
  const watched = (...watchedStops: string[]): ContextMembers => ({ watchedStops, stopSequences: watchedStops })

  test.each([
    ['one END two', ['END'], 'one ', 'END'],
    ['one EN two', ['END'], 'one EN two', null],
    ['one EN', ['END'], 'one EN', null],
    ['EEND', ['END'], 'E', 'END'],
    ['ababac', ['abac'], 'ab', 'abac'],
    ['one two three', ['three', 'two'], 'one ', 'two'],
    // The one that is complete first, as a server that generates the text would see it.
    ['xyzw', ['xyzw', 'y'], 'x', 'y'],
    ['one', ['one', 'ne'], '', 'one'],
    ['END', ['END'], '', 'END'],
  ])('in %j, of %j, leave %j (OU-S12)', (text, sequences, expected, sequence) => {
    expect(contentOfText(text, watched(...sequences))).toEqual(expected === '' ? [] : [expected])
    const message = streamed([...[...text].map(says), finish('stop')], chatContext(watched(...sequences)))
    expect([message.stop_reason, message.stop_sequence]).toEqual(
      sequence === null ? ['end_turn', null] : ['stop_sequence', sequence],
    )
  })

  test('hold back only text that may become one (OU-S12)', () => {
    expect(textSoFar([says('one E'), says('N')], watched('END'))).toBe('one ')
    expect(textSoFar([says('one E'), says('N'), says('ough')], watched('END'))).toBe('one ENough')
  })

  test('end the stream at once: later chunks are ignored (OU-S12)', () => {
    const { events, error } = readText(toStream([says('one END'), says(' two'), call], ''), chatContext(watched('END')))
    expect(error).toBeUndefined()
    expect(events.at(-1)).toEqual({ type: 'message_stop' })
    expect(JSON.stringify(events)).not.toContain('two')
  })

  test('end a chunk and a whole response before their calls (OU-S12)', () => {
    const tool_calls = [{ index: 0, id: 'a', function: { name: 'Read', arguments: '{}' } }]
    const context = chatContext(watched('END'))
    for (const message of [
      whole(answer({ content: 'one END', refusal: 'No.', tool_calls }), context),
      streamed([chunk({ content: 'one END', refusal: 'No.', tool_calls })], context),
    ]) {
      expect(contentOf(message)).toEqual(['one '])
      expect(message.stop_reason).toBe('stop_sequence')
    }
  })

  test('are not watched for in thinking, tagged or not, and not in arguments (OU-S12)', () => {
    expect(contentOfText('<think>END</think>So.', watched('END'))).toEqual([{ thinking: 'END' }, 'So.'])
    const named = callPiece({ name: 'Bash', arguments: '{"a":"END"}' }, { id: 'a', index: 0 })
    expect(contentOfStream([chunk({ reasoning: 'END' }), named], watched('END'))).toEqual([
      { thinking: 'END' },
      { Bash: { a: 'END' }, id: 'a' },
    ])
  })

  test('do not continue across a call (OU-S12)', () => {
    expect(contentOfStream([says('EN'), call, says('D')], watched('END'))).toEqual(['EN', { Read: {}, id: 'a' }, 'D'])
  })

  test('end after an incomplete call, which ends with them (OU-S12, OU-S9)', () => {
    const half = callPiece({ name: 'Read', arguments: '{"a":' }, { id: 'a', index: 0 })
    const message = streamed([half, says('one END')], chatContext(watched('END')))
    expect(message.content.map(briefly)).toEqual([{ Read: { __unparsedToolInput: { raw: '{"a":' } }, id: 'a' }, 'one '])
  })
})
