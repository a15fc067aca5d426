import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { toConverseJson } from '../../../src/translate/anthropic-to-converse/converse-json.ts'

fc.configureGlobal({ seed: 20261121 })

const text = fc
  .array(fc.constantFrom('a', '→', '😀', '\ud83d', '\ude00', '\\', '\\u', 'ud83d', '\\ud83d', '"', '\n'), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''))
/** Escapes in front of it: few of them are looked at one by one. */
const front = fc.constantFrom('', '\n'.repeat(199), '\n'.repeat(200), '\\'.repeat(201), '"'.repeat(400))

test('halves of surrogate pairs become the replacement character, and nothing else changes', () => {
  fc.assert(
    fc.property(front, fc.array(text, { maxLength: 4 }), text, (before, texts, name) => {
      const value = (mend: (part: string) => string) => ({ before, texts: texts.map(mend), inner: { [mend(name)]: 1 } })
      const sent = toConverseJson(value((part) => part))
      expect(JSON.parse(sent)).toEqual(value((part) => part.toWellFormed()))
      expect(sent.isWellFormed()).toBe(true)
    }),
    { numRuns: 2000 },
  )
})
