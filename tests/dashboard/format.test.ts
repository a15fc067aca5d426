import { describe, expect, test } from 'bun:test'
import {
  amount,
  axisAmount,
  axisWhole,
  duration,
  exact,
  money,
  none,
  orNone,
  percent,
} from '../../src/dashboard/format.ts'

describe('the figures of the dashboard (OP-D2)', () => {
  test('numbers are whole up to 9,999, and then have three digits and a unit', () => {
    expect([0, 9999, 10_000, 1_254_000, 3_200_000_000].map(amount)).toEqual(['0', '9,999', '10K', '1.25M', '3.2B'])
    expect(exact(8_213_004)).toBe('8,213,004')
    expect([0, 0.25, 12].map(axisAmount)).toEqual(['0', '0.25', '12'])
  })

  test('the axis of a few requests names no number twice', () => {
    expect([0, 0.5, 1, 1.5, 20_000].map(axisWhole)).toEqual(['0', '', '1', '', '20K'])
  })

  test('percentages have one decimal at most', () => {
    expect([0, 0.5, 0.896, 1].map(percent)).toEqual(['0 %', '50 %', '89.6 %', '100 %'])
  })

  test('durations have the unit that fits', () => {
    expect([0, 240.4, 999.4, 2100, 9949, 14_400, 59_600, 185_000, 3_600_000].map(duration)).toEqual([
      '0 ms',
      '240 ms',
      '999 ms',
      '2.1 s',
      '9.9 s',
      '14 s',
      '1 min',
      '3 min 5 s',
      '60 min',
    ])
  })

  test('small sums of money keep digits that count', () => {
    expect([0, 0.0123, 12.4, 1234.5].map(money('EUR'))).toEqual(['EUR 0.00', 'EUR 0.0123', 'EUR 12.40', 'EUR 1,234.50'])
  })

  test('an absent figure is a dash, and never 0', () => {
    expect([undefined, null, 0].map((value) => orNone(value, amount))).toEqual([none, none, '0'])
  })
})
