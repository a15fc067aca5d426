import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { unifiedDiff } from '../../../src/cli/setup/unified-diff.ts'

const diff = (before: string | undefined, after: string | undefined): string =>
  unifiedDiff('/c.json', { text: before, hidden: [] }, { text: after, hidden: [] })

const lines = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}\n`).join('')

/** Applies a diff that shows every line. */
const applied = (text: string): string =>
  text
    .split('\n')
    .slice(2)
    .filter((line) => /^[ +]/.test(line))
    .map((line) => `${line.slice(1)}\n`)
    .join('')

describe('a unified diff', () => {
  test('shows three lines around each change, and joins changes that are near', () => {
    const before = lines(1, 30)
    const after = before.replace('5\n', 'five\n').replace('11\n', '').replace('25\n', '25\nnew\n')
    expect(diff(before, after)).toBe(
      `--- /c.json\n+++ /c.json\n@@ -2,13 +2,12 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n 9\n 10\n-11\n 12\n 13\n 14\n@@ -23,6 +22,7 @@\n 23\n 24\n 25\n+new\n 26\n 27\n 28\n`,
    )
  })

  test('has no lines for equal texts, and /dev/null for a file that does not exist', () => {
    expect(diff('a\n', 'a\n')).toBe('')
    expect(diff(undefined, 'a\n')).toBe('--- /dev/null\n+++ /c.json\n@@ -0,0 +1,1 @@\n+a\n')
    expect(diff('a\n', undefined)).toBe('--- /c.json\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n')
  })

  test('hides values, also on several lines, and keeps characters from the terminal (SU-2)', () => {
    const before = { text: '{"a": "secret",\n "b": "line\nline" }\n', hidden: [[22, 11] as const, [6, 8] as const] }
    const after = { text: '{"a": "other"}\u001b[2J\r\n', hidden: [[6, 7] as const] }
    expect(unifiedDiff('/c.json', before, after)).toBe(
      '--- /c.json\n+++ /c.json\n@@ -1,3 +1,1 @@\n-{"a": "***",\n- "b": "***"\n-"***" }\n+{"a": "***"} [2J\n',
    )
  })

  test('leads from every text to every other', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
      .map((parts) => `${parts.join('\n')}\n`)
    fc.assert(
      fc.property(text, text, (before, after) => {
        if (before !== after) expect(applied(diff(before, after))).toBe(after)
      }),
    )
  })

  test('shows a very large change as replaced, without a comparison of all lines', () => {
    const [before, after] = [lines(1, 5000), lines(5001, 10_000)]
    expect(diff(before, after)).toStartWith('--- /c.json\n+++ /c.json\n@@ -1,5000 +1,5000 @@\n-1\n-2\n')
  })
})
