import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { toUnicodeJson, toUnicodeJsonWithoutNul } from '../../src/base/unicode-json.ts'

fc.configureGlobal({ seed: 20261121 })

const text = fc
  .array(fc.constantFrom('a', '→', '😀', '\ud83d', '\ude00', '\\', '\\u', 'ud83d', '\\ud83d', '"', '\n'), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''))
/** Number of escapes before it: only a few are checked one by one. */
const front = fc.constantFrom('', '\n'.repeat(199), '\n'.repeat(200), '\\'.repeat(201), '"'.repeat(400))

test('halves of surrogate pairs become the replacement character, and nothing else changes', () => {
  fc.assert(
    fc.property(front, fc.array(text, { maxLength: 4 }), text, (before, texts, name) => {
      const value = (change: (part: string) => string) => ({
        before,
        texts: texts.map(change),
        inner: { [change(name)]: 1 },
      })
      const sent = toUnicodeJson(value((part) => part))
      expect(JSON.parse(sent)).toEqual(value((part) => part.toWellFormed()))
      expect(sent.isWellFormed()).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('NUL characters are removed, and nothing else changes (OU-Q28)', () => {
  const withNul = fc.array(fc.oneof(text, fc.constantFrom('\0', '\\u0000', 'u0000')), { maxLength: 6 })
  fc.assert(
    fc.property(front, withNul, (before, parts) => {
      const value = (clean: (part: string) => string) => ({
        before,
        texts: parts.map(clean),
        [clean(parts.join(''))]: 1,
      })
      const expected = value((part) => part.toWellFormed().replaceAll('\0', ''))
      expect(JSON.parse(toUnicodeJsonWithoutNul(value((part) => part)))).toEqual(expected)
    }),
  )
})
