import type { CivilTime, TimeZone } from '../base/time-zone.ts'
import type { UsageKey } from './usage-report.ts'

/** Ranges of reports in slots and in the days of a time zone. All zones change their clocks at the start of a slot. */

/** The history keeps sums of so long, so that the days of every time zone are right (OP-H4). */
const slotMs = 900_000

export const slotOf = (time: number): number => Math.floor(time / slotMs)
/** Of the first slot that starts at the time or later. */
const firstSlotFrom = (time: number): number => Math.ceil(time / slotMs)
export const slotStart = (slot: number): number => slot * slotMs

/** Slots; the last one is excluded. */
export interface SlotRange {
  readonly from: number
  readonly until: number
}

/** The part of a local day that is in a range. */
export interface LocalDay extends SlotRange {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
}

/** Rounds a range so that it has whole slots. */
export const toSlotRange = (since: number, until: number): SlotRange => ({
  from: slotOf(since),
  until: firstSlotFrom(until),
})

/** The slots that both ranges have; empty without one of them. */
export const commonRange = (one: SlotRange, other: SlotRange | undefined): SlotRange => ({
  from: Math.max(one.from, other?.from ?? one.until),
  until: Math.min(one.until, other?.until ?? one.until),
})

/** The days of the range, in their order. */
export const localDays = ({ from, until }: SlotRange, zone: TimeZone): LocalDay[] => {
  const days: LocalDay[] = []
  const { year, month, day } = zone.civilAt(slotStart(from))
  let start = from
  for (let offset = 1; start < until; offset += 1) {
    const end = Math.min(until, firstSlotFrom(zone.timeOf({ year, month, day: day + offset })))
    // A zone that crosses the date line skips a day.
    if (end > start) days.push({ from: start, until: end, ...civilDate(year, month, day + offset - 1) })
    start = Math.max(start, end)
  }
  return days
}

const civilDate = (year: number, month: number, day: number) => {
  const date = new Date(Date.UTC(year, month - 1, day))
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

const two = (value: number): string => String(value).padStart(2, '0')
const four = (value: number): string => String(value).padStart(4, '0')

const [dayMs, weekDays, thursday] = [86_400_000, 7, 4]

/** The week that contains the day, by ISO 8601: it belongs to the year of its Thursday. */
const isoWeek = ({ year, month, day }: LocalDay): string => {
  const time = Date.UTC(year, month - 1, day)
  const weekday = new Date(time).getUTCDay() || weekDays
  const middle = new Date(time + (thursday - weekday) * dayMs)
  const dayOfYear = (middle.getTime() - Date.UTC(middle.getUTCFullYear(), 0, 1)) / dayMs
  return `${four(middle.getUTCFullYear())}-W${two(Math.floor(dayOfYear / weekDays) + 1)}`
}

const monthOf = ({ year, month }: CivilTime): string => `${four(year)}-${two(month)}`

/** `2026-11-29` */
export const dateOf = (day: CivilTime): string => `${monthOf(day)}-${two(day.day)}`

const dayKeys: Partial<Record<UsageKey, (day: LocalDay) => string>> = {
  day: dateOf,
  week: isoWeek,
  month: monthOf,
}

/** Makes the key of a local day; undefined for keys that are not days. */
export const dayKeyOf = (by: UsageKey): ((day: LocalDay) => string) | undefined => dayKeys[by]

const [minuteMs, hourMinutes, slotMinutes] = [60_000, 60, 15]

const offsetText = (minutes: number): string => {
  const absolute = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(absolute / hourMinutes))}:${two(absolute % hourMinutes)}`
}

/** Minutes that the zone's clock is ahead of UTC. */
const offsetAt = (slot: number, zone: TimeZone): number => {
  const { year, month, day, hour, minute, second } = zone.civilAt(slotStart(slot))
  return Math.round((Date.UTC(year, month - 1, day, hour, minute, second) - slotStart(slot)) / minuteMs)
}

/** The local hour that contains a slot. */
export interface LocalHour {
  /** With the offset: a clock that is set back shows an hour twice. */
  readonly key: string
  /** Its first slot. */
  readonly from: number
}

/** Finds the hours of a day. Reads the clock for every slot only on days that change it. */
export const localHoursOf = ({ from, until }: SlotRange, zone: TimeZone): ((slot: number) => LocalHour) => {
  const [first, last] = [offsetAt(from, zone), offsetAt(until - 1, zone)]
  return (slot) => {
    const offset = first === last ? first : offsetAt(slot, zone)
    const minutes = slot * slotMinutes + offset
    const intoHour = ((minutes % hourMinutes) + hourMinutes) % hourMinutes
    const start = new Date((minutes - intoHour) * minuteMs)
    const key = `${start.toISOString().slice(0, 'yyyy-mm-ddThh'.length)}:00${offsetText(offset)}`
    return { key, from: slot - Math.floor(intoHour / slotMinutes) }
  }
}
