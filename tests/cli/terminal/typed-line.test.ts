import { describe, expect, test } from 'bun:test'
import { createTypedLine } from '../../../src/cli/terminal/typed-line.ts'

/** The result of chunks that a terminal sends. */
const typed = (...pieces: string[]): [state: string, text: string] => {
  const line = createTypedLine()
  let state = 'open'
  for (const piece of pieces) state = line.add(piece)
  return [state, line.text()]
}

const esc = '\u001b'

describe('a typed line', () => {
  test.each([
    ['collects letters from several chunks', ['a', 'bc', '\r'], ['entered', 'abc']],
    ['ends at a line feed, too', ['abc\n'], ['entered', 'abc']],
    ['ignores text after Enter', ['abc\rdef'], ['entered', 'abc']],
    ['removes a character for backspace, if there is one', ['ab\u007f\b\bc'], ['open', 'c']],
    ['counts a character of two UTF-16 units as one', ['a😀\u007f'], ['open', 'a']],
    ['removes all text for Ctrl-U and Ctrl-W', ['abc\u0015d', 'ef\u0017g'], ['open', 'g']],
    ['is cancelled by Ctrl-C', ['abc\u0003'], ['cancelled', 'abc']],
    ['is cancelled by Ctrl-D if it is empty', ['\u0004'], ['cancelled', '']],
    ['ignores Ctrl-D if it has text', ['abc\u0004', 'd'], ['open', 'abcd']],
    ['is cancelled by Escape', ['abc', esc], ['cancelled', 'abc']],
    ['ignores arrows and function keys', [`a${esc}[D${esc}OA${esc}[3~${esc}[1;5Cb`], ['open', 'ab']],
    ['ignores them in several chunks, too', ['a', `${esc}[`, '1;5', 'Cb'], ['open', 'ab']],
    ['ignores other control characters', ['a\tb\u0000\u0001c\u001a'], ['open', 'abc']],
    ['may be empty', ['\r'], ['entered', '']],
    ['types only the letter for Alt and a letter', [`a${esc}b`], ['open', 'ab']],
  ] as const)('%s', (_rule, pieces, wanted) => {
    expect(typed(...pieces)).toEqual([...wanted])
  })

  test('does not end at a pasted line break', () => {
    expect(typed(`${esc}[200~key\n${esc}[201~`)).toEqual(['open', 'key\n'])
    expect(typed(`${esc}[200~key\r${esc}[201~`, '\r')).toEqual(['entered', 'key\r'])
    expect(typed(`${esc}[20`, '0~ke', `y${esc}`, `[201~`, '\r')).toEqual(['entered', 'key'])
  })

  test('can be cancelled during a paste without an end', () => {
    expect(typed(`${esc}[200~key`, '\u0003')).toEqual(['cancelled', 'key'])
  })
})
