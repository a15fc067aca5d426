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
    ['letters, in whatever pieces', ['a', 'bc', '\r'], ['entered', 'abc']],
    ['a line feed ends it, too', ['abc\n'], ['entered', 'abc']],
    ['what comes after Enter is not of it', ['abc\rdef'], ['entered', 'abc']],
    ['backspace takes a character, and none from nothing', ['ab\u007f\b\bc'], ['open', 'c']],
    ['a character of two units is one', ['a😀\u007f'], ['open', 'a']],
    ['Ctrl-U and Ctrl-W take all', ['abc\u0015d', 'ef\u0017g'], ['open', 'g']],
    ['Ctrl-C leaves', ['abc\u0003'], ['left', 'abc']],
    ['Ctrl-D leaves an empty line', ['\u0004'], ['left', '']],
    ['Ctrl-D does nothing to another', ['abc\u0004', 'd'], ['open', 'abcd']],
    ['Escape leaves', ['abc', esc], ['left', 'abc']],
    ['arrows and function keys type nothing', [`a${esc}[D${esc}OA${esc}[3~${esc}[1;5Cb`], ['open', 'ab']],
    ['not in pieces either', ['a', `${esc}[`, '1;5', 'Cb'], ['open', 'ab']],
    ['other control characters type nothing', ['a\tb\u0000\u0001c\u001a'], ['open', 'abc']],
    ['nothing', ['\r'], ['entered', '']],
    ['Alt and a letter types the letter alone', [`a${esc}b`], ['open', 'ab']],
  ] as const)('%s', (_rule, pieces, wanted) => {
    expect(typed(...pieces)).toEqual([...wanted])
  })

  test('does not end at a pasted line break', () => {
    expect(typed(`${esc}[200~key\n${esc}[201~`)).toEqual(['open', 'key\n'])
    expect(typed(`${esc}[200~key\r${esc}[201~`, '\r')).toEqual(['entered', 'key\r'])
    expect(typed(`${esc}[20`, '0~ke', `y${esc}`, `[201~`, '\r')).toEqual(['entered', 'key'])
  })

  test('can be cancelled during a paste without an end', () => {
    expect(typed(`${esc}[200~key`, '\u0003')).toEqual(['left', 'key'])
  })
})
