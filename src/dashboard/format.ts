import type { UsageSeries } from '../usage/usage-report.ts'

/** Writes figures as texts: in English, like the page, and in the browser's time zone. */

export const none = '–'

export type Format = (value: number) => string

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** From here on, a number is easier to read with a unit. */
const firstCompact = 10_000

/** `8,213`, `1.25M`. */
export const amount: Format = (value) => (value < firstCompact ? whole : compact).format(value)

const digits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })

/** `0.25`, `12`: without the unit, which the chart's legend has. */
export const axisAmount: Format = (value) => digits.format(value)

/** Empty between two whole numbers: the axis of a few requests has lines at half of one. */
export const axisWhole: Format = (value) => (Number.isInteger(value) ? amount(value) : '')

/** `8,213,004`: for tables that are compared with other reports. */
export const exact: Format = (value) => whole.format(value)

const percentDigits = 1
const hundred = 100

/** Of a part between 0 and 1. */
export const percent: Format = (value) => {
  const text = (value * hundred).toFixed(percentDigits)
  return `${text.replace(/\.0$/, '')} %`
}

const millisecondsPerSecond = 1000
const secondsPerMinute = 60
const firstWholeSeconds = 10

/** `240 ms`, `2.1 s`, `14 s`, `3 min 5 s`. */
export const duration: Format = (milliseconds) => {
  if (milliseconds < millisecondsPerSecond) return `${Math.round(milliseconds)} ms`
  const seconds = milliseconds / millisecondsPerSecond
  if (seconds < firstWholeSeconds) return `${seconds.toFixed(1)} s`
  const all = Math.round(seconds)
  if (all < secondsPerMinute) return `${all} s`
  const rest = all % secondsPerMinute
  return `${Math.floor(all / secondsPerMinute)} min${rest === 0 ? '' : ` ${rest} s`}`
}

const usualDigits = 2
/** Small sums keep two digits that count. */
const smallSumDigits = 4
const firstUsualSum = 0.1

/** `USD 12.40`. */
export const money =
  (currency: string): Format =>
  (value) => {
    const digits = value !== 0 && Math.abs(value) < firstUsualSum ? smallSumDigits : usualDigits
    const format = new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
    return `${currency} ${format.format(value)}`
  }

export const orNone = (value: number | null | undefined, format: Format): string =>
  value === undefined || value === null ? none : format(value)

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const moment = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const shortClock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

/** `14:03:55`. */
export const clockTime: Format = (at) => clock.format(at)
/** `29 Nov, 14:03`. */
export const dayAndTime: Format = (at) => moment.format(at)
/** `29 Nov`. */
export const dayOnly: Format = (at) => shortDay.format(at)
/** `14:03`. */
export const minuteTime: Format = (at) => shortClock.format(at)

/** The start of a point of a chart. */
export const pointTime = (at: string, step: UsageSeries['step']): string =>
  (step === 'day' ? dayOnly : dayAndTime)(Date.parse(at))
