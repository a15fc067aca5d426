import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { shortPaths } from '../../../src/cli/terminal/short-path.ts'
import { fold, wrap } from '../../../src/cli/terminal/wrap.ts'

test('wrap puts a longer word on a separate line', () => {
  expect(wrap('one two-and-more three', 8)).toEqual(['one', 'two-and-more', 'three'])
})

describe('fold', () => {
  test('breaks between words, and keeps the indentation', () => {
    expect(fold('error: this is long\n  and so is this one\nshort\n', 12)).toBe(
      'error: this\nis long\n  and so is\n  this one\nshort\n',
    )
  })

  test('keeps lines with terminal commands unchanged', () => {
    const line = '\u001b[31mred and longer than that\u001b[39m'
    expect(fold(line, 5)).toBe(line)
  })

  test('changes only spaces to line breaks, and only in long lines', () => {
    const text = fc.array(fc.string({ maxLength: 12 }), { maxLength: 12 }).map((words) => words.join(' '))
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 80 }), (line, columns) => {
        const folded = fold(line, columns)
        expect(folded.replace(/[\s]+/g, '')).toBe(line.replace(/[\s]+/g, ''))
        if (line.split('\n').every((part) => part.length <= columns)) expect(folded).toBe(line)
      }),
      { seed: 20261121 },
    )
  })
})

test('shortPaths writes ~ for the home folder only at the beginning of a path', () => {
  const home = '/home/me'
  expect(shortPaths('in /home/me/a (/home/me/b), NEXUS=/home/me/c', { home })).toBe('in ~/a (~/b), NEXUS=~/c')
  for (const other of ['/backup/home/me/a', '/home/mean/a', './home/me/a', '/x/home/me/a'])
    expect(shortPaths(other, { home })).toBe(other)
  expect(shortPaths(String.raw`C:\Users\me\a`, { home: String.raw`C:\Users\me` })).toBe(String.raw`~\a`)
})

test('a line with only a command stays one line, to copy it', () => {
  const command = `  nexus-claude-api claude ${'--continue '.repeat(9)}`
  expect(fold(`Use this:\n${command}`, 40)).toBe(`Use this:\n${command}`)
})
