import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  amount,
  decimalsOf,
  percent,
  percentiles,
  shortNumber,
  wholeNumber,
} from '../../../../src/cli/commands/usage/figures.ts'

describe('figures for people (OP-U1)', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [9999, '9,999'],
    [10_000, '10.0K'],
    [99_949, '99.9K'],
    [999_499, '999K'],
    [999_500, '1.00M'],
    [12_345_678, '12.3M'],
    [9_876_543_210, '9.88G'],
    [9_876_543_210_123, '9.88T'],
  ])('%d is short as %s', (value, text) => {
    expect(shortNumber(value)).toBe(text)
  })

  test('a short figure has at most 5 characters, and is within half a percent', () => {
    const scale = { K: 1e3, M: 1e6, G: 1e9, T: 1e12 } as const
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_000_000_000_000 }), (value) => {
        const text = shortNumber(value)
        expect(text.length).toBeLessThanOrEqual(5)
        const unit = text.at(-1) as keyof typeof scale
        const read = Number.parseFloat(text.replace(',', '')) * (scale[unit] ?? 1)
        expect(Math.abs(read - value)).toBeLessThanOrEqual(value * 0.005)
      }),
    )
  })

  test('whole figures have groups of three digits', () => {
    expect(wholeNumber(1_234_567)).toBe('1,234,567')
  })

  test('a share is a percentage, and a missing one a dash (OP-U2)', () => {
    expect([percent(0.909), percent(0), percent(1), percent(undefined)]).toEqual(['90.9 %', '0.0 %', '100.0 %', '-'])
  })

  test('amounts of small sums have more decimals; a missing one is a dash, not 0 (OP-C3)', () => {
    expect([amount(1234.5, decimalsOf(1234.5)), amount(0.0042, decimalsOf(0.5)), amount(undefined, 2)]).toEqual([
      '1,234.50',
      '0.0042',
      '-',
    ])
  })

  test('percentiles are in seconds', () => {
    expect(percentiles({ p50: 842, p95: 2440 })).toBe('0.84/2.4 s')
    expect(percentiles({ p50: 9999, p95: 61_234 })).toBe('10.0/61 s')
    expect(percentiles({})).toBe('-')
  })
})
