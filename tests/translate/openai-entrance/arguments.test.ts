import { describe, expect, test } from 'bun:test'
import { createNotes } from '../../../src/messages/notes.ts'
import { toToolInput } from '../../../src/translate/openai-entrance/arguments.ts'

const path = ['messages', 1, 'tool_calls', 0, 'function', 'arguments']

/** The input, and whether there is a note. */
const read = (given: unknown): [input: unknown, notes: number] => {
  const notes = createNotes()
  return [toToolInput(given, path, notes), notes.all.length]
}

describe('arguments of calls in the history (OE-C34)', () => {
  test.each([
    ['{"a":[1,"b"]}', { a: [1, 'b'] }],
    ['', {}],
    [' \n', {}],
    [undefined, {}],
    [null, {}],
    [{ a: 1 }, { a: 1 }],
    ['[1]', { value: [1] }],
    ['"a"', { value: 'a' }],
    ['null', { value: null }],
    [[1], { value: [1] }],
    [7, { value: 7 }],
  ])('%j become an object', (given, input) => {
    expect(read(given)).toEqual([input, 0])
  })

  test.each(['{"a":', 'ls -l', "{'a': 1}"])('%j is not JSON and stays as a string, with a note', (given) => {
    expect(read(given)).toEqual([{ _raw: given }, 1])
  })

  test('keep the digits of numbers', () => {
    expect(JSON.stringify(read('{"a":12345678901234567890,"b":1.0}')[0])).toBe('{"a":12345678901234567890,"b":1.0}')
  })

  test('that are nested too deeply stay as a string', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    expect(read(deep)).toEqual([{ _raw: deep }, 1])
  })
})
