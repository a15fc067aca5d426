import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type FindMembers, parseExact, parseExactAt } from '../../src/base/exact-json.ts'
import { isObject } from '../../src/base/json.ts'
import { isRawNumber } from '../../src/base/raw-number.ts'
import { jsonObjectText, jsonText, numberText } from '../support/json-text.ts'

fc.configureGlobal({ seed: 20261129 })

const reserialized = (text: string): string => JSON.stringify(parseExact(text))

describe('F8 exact JSON', () => {
  test.each([
    ['[7300000000000000123]'],
    ['[9007199254740993,-9007199254740993]'],
    ['[1e999,-1E+400,1e-400]'],
    ['[-0,-0.0,0.0,0e0]'],
    ['[1.0,2.50,1e2,1E2,12e-1]'],
    ['[0.1234567890123456789]'],
    ['[1,0.5,-7,9007199254740991,1e+21,1e-7]'],
    ['{"a":{"b":[{"c":1.0}]}}'],
    ['{"__proto__":{"x":1.0},"constructor":2.0}'],
    ['{"a\\\\":1.0,"b\\"":2.0,"\\\\\\"":3.0}'],
    ['{"a":", 1.0","b":1.0}'],
    ['{"a":"[1.0, 2.0]","b":"1.0"}'],
  ])('passes numbers on digit by digit: %s', (text) => {
    expect(reserialized(text)).toBe(text)
  })

  test('keeps any JSON byte by byte, apart from white space', () => {
    fc.assert(
      fc.property(jsonText, ({ compact, spaced }) => {
        expect(reserialized(`[${compact}]`)).toBe(`[${compact}]`)
        expect(reserialized(`{"a" : ${spaced}}`)).toBe(`{"a":${compact}}`)
      }),
      { numRuns: 3000 },
    )
  })

  test('returns the value of JSON.parse if that is exact, and raw numbers otherwise', () => {
    fc.assert(
      fc.property(numberText, (token) => {
        const [value] = parseExact(`[${token}]`) as unknown[]
        if (String(Number(token)) === token) expect(value).toBe(Number(token))
        else expect([isRawNumber(value), isObject(value)]).toEqual([true, false])
      }),
      { numRuns: 1000 },
    )
  })

  test('keeps digits in the members that are named, and numbers everywhere else', () => {
    const members: FindMembers = (value) => (isObject(value) ? [[value, 'kept']] : [])
    fc.assert(
      fc.property(jsonObjectText, jsonObjectText, (kept, other) => {
        const parsed = parseExactAt(`{"other":${other.spaced},"kept":${kept.spaced}}`, members)
        expect(JSON.stringify(parsed)).toBe(
          `{"other":${JSON.stringify(JSON.parse(other.compact))},"kept":${kept.compact}}`,
        )
      }),
      { numRuns: 500 },
    )
  })

  test('adds no member that the text does not have', () => {
    const parsed = parseExactAt('{"other":[1.0]}', (value) => (isObject(value) ? [[value, 'kept']] : []))
    expect(Object.keys(parsed as object)).toEqual(['other'])
  })

  test('treats names like JSON.parse: the last of equal names counts, indices come first', () => {
    expect(reserialized('{"b":1.0,"10":2.0,"1":3.0,"b":4.0}')).toBe('{"1":3.0,"10":2.0,"b":4.0}')
    expect(reserialized('{"b":1.0,"b":"x"}')).toBe('{"b":"x"}')
    expect(reserialized('{"b":"x","b":1.0}')).toBe('{"b":1.0}')
  })

  test('reads a long string of numbers once', () => {
    const numbers = '1.0, '.repeat(200_000)
    expect(reserialized(`{"a":"so: ${numbers}","b":1.0}`)).toEndWith('","b":1.0}')
    expect(reserialized(`{"a":"so: ${numbers}","b":1}`)).toEndWith('","b":1}')
  })

  test('throws for invalid JSON', () => {
    for (const text of ['', '{"a":1.0', '[01.0]', '[1.]', '{"a":1.0}}'])
      expect(() => parseExact(text)).toThrow(SyntaxError)
  })
})
