import type { Percentiles } from '../../../usage/usage-report.ts'

/** Figures as people read them. Scripts get the exact ones, as JSON or CSV. */

/** `1,234,567`. */
export const wholeNumber = (value: number): string => value.toLocaleString('en-US')

/** `1 request`, `1,234 requests`. */
export const counted = (value: number, noun: string): string => `${wholeNumber(value)} ${noun}${value === 1 ? '' : 's'}`

const units = ['', 'K', 'M', 'G', 'T'] as const
const perUnit = 1000
/** Digits before a unit: `1.23M`, `12.3M`, `123M`. */
const shortDigits = 3
/** Larger figures get a unit. */
const mostPlain = 9999

/** `1,234`, `12.3K`, `1.23M`: at most 5 characters. */
export const shortNumber = (value: number): string => {
  if (value <= mostPlain) return wholeNumber(value)
  let rest = value
  let unit = 0
  // As rounded: 999,999 is 1.00M, not 1000K.
  while (Number(rest.toPrecision(shortDigits)) >= perUnit && unit < units.length - 1) {
    rest /= perUnit
    unit += 1
  }
  return `${rest.toPrecision(shortDigits)}${units[unit]}`
}

/** `90.9 %`; `-` if there is no figure. */
export const percent = (share: number | undefined): string =>
  share === undefined ? '-' : `${(share * 100).toFixed(1)} %`

/** Sums below this get more decimals. */
const smallSum = 1

/** The decimals for all amounts of one table, by its largest one. */
export const decimalsOf = (largest: number): number => (largest >= smallSum ? 2 : 4)

/** `12.34`; `-` if there is no figure. */
export const amount = (value: number | undefined, decimals: number): string =>
  value === undefined
    ? '-'
    : value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })

const millisecondsPerSecond = 1000
/** Seconds; longer times need no fraction. */
const longTime = 10

const seconds = (milliseconds: number): string => {
  const value = milliseconds / millisecondsPerSecond
  return value >= longTime ? value.toFixed(0) : value.toFixed(value >= 1 ? 1 : 2)
}

/** `0.84/2.4 s`: half of the requests took at most the first, 95 % at most the second. */
export const percentiles = ({ p50, p95 }: Percentiles): string =>
  p50 === undefined || p95 === undefined ? '-' : `${seconds(p50)}/${seconds(p95)} s`
