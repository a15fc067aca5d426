import { printableName } from '../../../base/printable-name.ts'
import type { TimeZone } from '../../../base/time-zone.ts'
import { UsageError } from '../../../base/usage-error.ts'
import { slotOf, slotStart } from '../../../usage/periods.ts'

/** Times and periods as users write them. */

/** From `since` to before `until`; milliseconds since 1970. */
export interface Period {
  readonly since: number
  readonly until: number
}

/** What a text names: a day, or a month, begins and ends; an instant does both at once. */
interface Named {
  readonly begins: number
  readonly ends: number
}

export interface Clock {
  readonly zone: TimeZone
  readonly now: number
}

const hourMs = 3_600_000

/** The sums of the history begin at each quarter of an hour. */
const wholeSlot = (time: number): number => slotStart(slotOf(time))

const daysAgo = ({ zone, now }: Clock, days: number): number => {
  const { year, month, day } = zone.civilAt(now)
  return zone.timeOf({ year, month, day: day - days })
}

const instant = (time: number): Named => ({ begins: time, ends: time })

/** `7d` is today and the six days before it; `--until 7d` ends where `--since 7d` begins. */
const readCount = (text: string, clock: Clock): Named | undefined => {
  const [, digits, unit] = /^(\d{1,5})([hdw])$/.exec(text) ?? []
  const count = Number(digits)
  if (unit === undefined || count === 0) return undefined
  if (unit === 'h') return instant(wholeSlot(clock.now - count * hourMs))
  return instant(daysAgo(clock, count * (unit === 'w' ? 7 : 1) - 1))
}

const readWord = (text: string, clock: Clock): Named | undefined => {
  const days = { now: undefined, today: 0, yesterday: 1 }[text]
  if (text === 'now') return instant(clock.now)
  return days === undefined ? undefined : { begins: daysAgo(clock, days), ends: daysAgo(clock, days - 1) }
}

const isCalendarDay = (year: number, month: number, day: number): boolean => {
  const shown = new Date(Date.UTC(year, month - 1, day))
  return shown.getUTCMonth() === month - 1 && shown.getUTCDate() === day
}

/** `2026-11-01`, or a whole month: `2026-11`. */
const readDate = (text: string, { zone }: Clock): Named | undefined => {
  const [, ...digits] = /^(\d{4})-(\d\d)(?:-(\d\d))?$/.exec(text) ?? []
  const [year = 0, month = 0, day = 1] = digits.flatMap((part) => (part === undefined ? [] : [Number(part)]))
  if (!isCalendarDay(year, month, day)) return undefined
  const next = digits[2] === undefined ? { year, month: month + 1, day } : { year, month, day: day + 1 }
  return { begins: zone.timeOf({ year, month, day }), ends: zone.timeOf(next) }
}

const instantPattern = /^(\d{4})-(\d\d)-(\d\d)[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?(Z|[+-]\d\d:\d\d)?$/

/** `2026-11-01 14:30`, in the zone, or in UTC or with an offset, as in logs: `2026-11-01T14:30:00Z`. */
const readInstant = (text: string, { zone }: Clock): Named | undefined => {
  const [, ...parts] = instantPattern.exec(text) ?? []
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(0, 6)
    .map((part) => Number(part ?? 0))
  if (!isCalendarDay(year, month, day)) return undefined
  const [offset] = parts.slice(6)
  const time =
    offset === undefined ? zone.timeOf({ year, month, day, hour, minute, second }) : Date.parse(text.replace(' ', 'T'))
  return Number.isNaN(time) ? undefined : instant(time)
}

const forms = '7d (also h and w), today, yesterday, 2026-11, 2026-11-01 or "2026-11-01 14:30"'

/** A text that does not look like a time may be a key in the wrong place. */
const shown = (text: string): string => (/^\d[\w:+ ./-]{0,24}$/.test(text) ? ` ${text}` : printableName(text))

/** Throws UsageError that names the valid forms. */
const readTime = (text: string, flag: string, clock: Clock): Named => {
  const trimmed = text.trim()
  const found =
    readCount(trimmed, clock) ?? readWord(trimmed, clock) ?? readDate(trimmed, clock) ?? readInstant(trimmed, clock)
  if (found === undefined) throw new UsageError(`--${flag}${shown(text)} is not a time. Use ${forms}.`)
  return found
}

/**
 * When the day, the month or the moment that a flag names begins, rounded down to a quarter of an hour: the history
 * cannot divide its sums. Throws UsageError.
 */
export const readBeginning = (text: string, flag: string, clock: Clock): number =>
  wholeSlot(readTime(text, flag, clock).begins)

/** A day or a month of `until` is part of the period. Throws UsageError if no time is left. */
export const readPeriod = (since: string, until: string | undefined, clock: Clock): Period => {
  const period = {
    since: readTime(since, 'since', clock).begins,
    until: until === undefined ? clock.now : readTime(until, 'until', clock).ends,
  }
  if (period.since > clock.now) throw new UsageError(`--since ${since} is in the future. Use a time before now.`)
  if (period.since < period.until) return period
  throw new UsageError(`--since ${since} is not before --until ${until ?? 'now'}. Swap them, or leave out --until.`)
}
