import fc from 'fast-check'

/** JSON as text, with numbers in every form that JSON has: like `JSON.stringify`, and with blanks. */
export interface JsonText {
  readonly compact: string
  readonly spaced: string
}

const alike = (text: string): JsonText => ({ compact: text, spaced: text })

const digits = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...'0123456789'), { minLength, maxLength }).map((all) => all.join(''))

const integer = fc.oneof(
  fc.constant('0'),
  fc.tuple(fc.constantFrom(...'123456789'), digits(0, 24)).map(([first, rest]) => first + rest),
)
const fraction = fc.option(
  digits(1, 20).map((all) => `.${all}`),
  { nil: '' },
)
const exponent = fc.option(
  fc.tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), digits(1, 3)).map((parts) => parts.join('')),
  { nil: '', freq: 3 },
)

/** One number, in any form. */
export const numberText: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('', '-'), integer, fraction, exponent)
  .map((parts) => parts.join(''))

/** Texts, also some that look like JSON with numbers that a double would change. */
const words = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('[1.0, 2.50]', ', 1.0', ':1.0,', '"a": 1.0', '\\', '\\"', '{"a\\\\":-0}', '1.0', ''),
    fc.array(numberText, { maxLength: 4 }).map((all) => all.join(', ')),
  )
  .map((text) => alike(JSON.stringify(text)))

/** Engines put names that are indices before all others; another test covers that. */
const name = fc.string({ maxLength: 6 }).filter((text) => !/^\d+$/.test(text))

const blank = fc.constantFrom('', ' ', '\n  ', '\t')

const joined = (open: string, parts: readonly JsonText[], close: string, gap: string): JsonText => ({
  compact: `${open}${parts.map(({ compact }) => compact).join(',')}${close}`,
  spaced: `${open}${gap}${parts.map(({ spaced }) => spaced).join(`${gap},${gap}`)}${gap}${close}`,
})

const { value, object } = fc.letrec<{ value: JsonText; list: JsonText; object: JsonText }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    numberText.map(alike),
    words,
    fc.constantFrom('true', 'false', 'null').map(alike),
    tie('list'),
    tie('object'),
  ),
  list: fc.tuple(fc.array(tie('value'), { maxLength: 5 }), blank).map(([items, gap]) => joined('[', items, ']', gap)),
  object: fc
    .tuple(fc.uniqueArray(fc.tuple(name, tie('value')), { maxLength: 5, selector: ([key]) => key }), blank)
    .map(([members, gap]) =>
      joined(
        '{',
        members.map(([key, { compact, spaced }]) => ({
          compact: `${JSON.stringify(key)}:${compact}`,
          spaced: `${JSON.stringify(key)}${gap}:${gap}${spaced}`,
        })),
        '}',
        gap,
      ),
    ),
}))

export const jsonText: fc.Arbitrary<JsonText> = value
export const jsonObjectText: fc.Arbitrary<JsonText> = object
