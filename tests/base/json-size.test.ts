import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { findExcess } from '../../src/base/json-size.ts'

fc.configureGlobal({ seed: 20261121 })

const tooDeep = 'is nested more than 500 levels deep'
const tooManyValues = 'holds more than 250000 values'

/** A simple check, character by character. */
const reference = (text: string): string | undefined => {
  let depth = 0
  let values = 1
  let isInString = false
  for (let at = 0; at < text.length; at += 1) {
    const found = text[at] ?? ''
    if (isInString) {
      if (found === '\\') at += 1
      else if (found === '"') isInString = false
    } else if (found === '"') isInString = true
    else if (found === ',') values += 1
    else if ('[{'.includes(found)) {
      depth += 1
      values += 1
    } else if (']}'.includes(found)) depth -= 1
    if (depth > 500) return tooDeep
    if (values > 250_000) return tooManyValues
  }
  return undefined
}

const bits = fc.constantFrom('[', '{', ']', '}', '"', '\\"', '\\\\', '"a"', '"[[{{"', ',', ':', ' ', '1', '→')
const piece = fc.oneof(
  fc.array(bits, { maxLength: 60 }).map((parts) => parts.join('')),
  // Around the limit of depth, and around the number of values that starts the search for the end.
  fc
    .tuple(fc.constantFrom('[', '{"a":', '[1,', '"[",[', '[]', '],'), fc.nat(600))
    .map(([part, count]) => part.repeat(count)),
  fc.nat(600).map((length) => ` ${'x'.repeat(length)}`),
)

describe('the excess of a JSON text', () => {
  test('is the same as with a check of every character', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        // Backslashes outside of strings are not JSON, so they are excluded.
        const text = pieces.join('')
        fc.pre(!/^(?:[^"\\]|"(?:[^"\\]|\\.)*")*\\/.test(text))
        expect(findExcess(text)).toBe(reference(text))
      }),
      { numRuns: 3000 },
    )
  })

  test('is found exactly at the limits, at any position', () => {
    const flat = '{"a":[1,2,{"b":"[["}]},'.repeat(1000)
    const rows: readonly (readonly [string, string | undefined])[] = [
      ['['.repeat(500), undefined],
      ['['.repeat(501), tooDeep],
      [`[${flat}${'['.repeat(499)}`, undefined],
      [`[${flat}${'['.repeat(500)}`, tooDeep],
      [`${'['.repeat(400)}${flat}${'['.repeat(100)}`, undefined],
      [`${'['.repeat(400)}${flat}${'['.repeat(101)}`, tooDeep],
      [`"${'['.repeat(600)}"`, undefined],
      [','.repeat(249_999), undefined],
      [','.repeat(250_000), tooManyValues],
      [`[${'"\\"[",'.repeat(249_998)}1]`, undefined],
      [`[${'"\\"[",'.repeat(249_999)}1]`, tooManyValues],
    ]
    for (const [text, excess] of rows) expect(findExcess(text)).toBe(excess)
  })
})
