import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Json } from '../../../src/base/json.ts'
import { CustomInput, toCustomText } from '../../../src/translate/openai-entrance/custom-input.ts'
import { anyCharacter } from '../../support/any-character.ts'
import { jsonObjectText } from '../../support/json-text.ts'

const textsOf = (pieces: readonly string[]): string[] => {
  const input = new CustomInput()
  return [...pieces.map((piece) => input.add(piece)), input.end()]
}

const decoded = (pieces: readonly string[]): string => textsOf(pieces).join('')

/** Escapes every unit, as some models do. */
const escaped = (text: string): string =>
  `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`

const isCutInPair = (text: string): boolean => /[\ud800-\udbff]$/.test(text)

const anyText = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('a "quoted" \\ text\n\t', '*** Begin Patch\n', '\u0000', '\\u0041', '"}', '', '😀'),
)

/** An input with `input` at any place among other members, and its text. */
const inputs = fc
  .record({
    text: anyText,
    isEscaped: fc.boolean(),
    before: fc.array(jsonObjectText, { maxLength: 2 }),
    after: fc.array(jsonObjectText, { maxLength: 2 }),
  })
  .map(({ text, isEscaped, before, after }) => {
    const members = [
      ...before.map(({ spaced }, index) => `"b${index}": ${spaced}`),
      `"input" : ${isEscaped ? escaped(text) : JSON.stringify(text)}`,
      ...after.map(({ compact }, index) => `"a${index}":${compact}`),
    ]
    return { text, json: `{${members.join(' ,')}}` }
  })

describe('the input of a custom tool', () => {
  test('comes out the same at every cut of the JSON text, with members in any order (OE-C94, OE-P3)', () => {
    fc.assert(
      fc.property(inputs, ({ text, json }) => {
        for (let cut = 0; cut <= json.length; cut += 1) {
          const texts = textsOf([json.slice(0, cut), json.slice(cut)])
          expect(texts.join('')).toBe(text)
          expect(texts.slice(0, -1).filter(isCutInPair)).toEqual([])
        }
        expect(decoded([...json])).toBe(text)
        expect(decoded(json.split(''))).toBe(text)
      }),
    )
  })

  test('equals the text of the whole input for any object, at any cut (OE-C94)', () => {
    const withInput = fc.record({ input: fc.oneof(anyText, fc.object()) }, { requiredKeys: [] })
    const any: fc.Arbitrary<Json> = fc.oneof(fc.dictionary(fc.string(), anyText), fc.object(), withInput)
    fc.assert(
      fc.property(any, fc.nat(), (input, at) => {
        const json = JSON.stringify(input)
        const cut = at % (json.length + 1)
        expect(decoded([json.slice(0, cut), json.slice(cut)])).toBe(toCustomText(JSON.parse(json)))
      }),
    )
  })

  test('is decoded as it arrives (OE-C94)', () => {
    expect(textsOf(['{"inp', 'ut":"*** Be', 'gin\\', 'n\\ud83d\\u', 'de00\\"', ' end"', '}'])).toEqual([
      '',
      '*** Be',
      'gin',
      '\n',
      '😀"',
      ' end',
      '',
      '',
    ])
  })

  test('takes the only string where no string is called input, and else the JSON text (OE-C94)', () => {
    const cases: readonly [json: string, text: string][] = [
      ['{"patch":"*** Begin","lines":2}', '*** Begin'],
      ['{"input":{"input":"inner"},"cmd":"ls"}', 'ls'],
      ['{"input":["x"]}', '{"input":["x"]}'],
      ['{ "a": "x", "b": "y" }', '{"a":"x","b":"y"}'],
      ['{"n": 12345678901234567890}', '{"n":12345678901234567890}'],
      ['{"\\u0069nput":"named by escapes"}', 'named by escapes'],
      ['{"a":"input","b":{"input":"x"},"input":"real"}', 'real'],
      ['', '{}'],
      ['["input"]', '["input"]'],
    ]
    for (const [json, text] of cases) expect([json, decoded([...json])]).toEqual([json, text])
  })

  test('keeps the text of an input that is cut off or not quite JSON (OE-C94)', () => {
    const cases: readonly [json: string, text: string][] = [
      ['{"input":"cut of', 'cut of'],
      ['{"input":"cut \\', 'cut '],
      ['{"input":"cut \\u00', 'cut '],
      ['{"input":"half \\ud83d', 'half \ud83d'],
      ['{"input":"a line\n and \\q"}', 'a line\n and q'],
      ['{"patch":"cut', '{"patch":"cut'],
    ]
    for (const [json, text] of cases) expect([json, decoded(json.split(''))]).toEqual([json, text])
  })
})
