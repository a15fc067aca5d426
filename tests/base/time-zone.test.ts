import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type CivilTime, findTimeZone, localTimeZone, type TimeZone } from '../../src/base/time-zone.ts'

const zone = (name: string): TimeZone => {
  const found = findTimeZone(name)
  if (found === undefined) throw new Error(`no zone ${name}`)
  return found
}

const midnight = (name: string, year: number, month: number, day: number): string =>
  new Date(zone(name).timeOf({ year, month, day })).toISOString()

const minuteMs = 60_000
const hourMs = 3_600_000

describe('a time zone', () => {
  test('is found by its name in any case, and unknown names are not', () => {
    expect(zone('europe/berlin').name).toBe('Europe/Berlin')
    expect(zone('UTC').name).toBe('UTC')
    for (const name of ['', 'Europe/Bonn', 'Berlin time', '../etc/passwd']) expect(findTimeZone(name)).toBeUndefined()
    expect(findTimeZone(localTimeZone())?.name).toBe(localTimeZone())
  })

  test.each([
    ['UTC', '2026-11-29T00:00:00.000Z'],
    ['Europe/Berlin', '2026-11-28T23:00:00.000Z'],
    ['Asia/Kolkata', '2026-11-28T18:30:00.000Z'],
    ['Asia/Kathmandu', '2026-11-28T18:15:00.000Z'],
    ['America/Los_Angeles', '2026-11-29T08:00:00.000Z'],
    ['Pacific/Kiritimati', '2026-11-28T10:00:00.000Z'],
  ])('knows when a day begins in %s', (name, time) => {
    expect(midnight(name, 2026, 11, 29)).toBe(time)
  })

  test('a day of a changed clock has 23 or 25 hours', () => {
    const { timeOf } = zone('Europe/Berlin')
    const hoursOf = (month: number, day: number): number =>
      (timeOf({ year: 2026, month, day: day + 1 }) - timeOf({ year: 2026, month, day })) / hourMs
    expect([hoursOf(3, 29), hoursOf(3, 30), hoursOf(10, 25)]).toEqual([23, 24, 25])
  })

  test('a skipped time counts as the time after the change, a repeated one as the first', () => {
    const { timeOf } = zone('Europe/Berlin')
    const shown = (civil: CivilTime): string => new Date(timeOf(civil)).toISOString()
    expect(shown({ year: 2026, month: 3, day: 29, hour: 2, minute: 30 })).toBe('2026-03-29T01:30:00.000Z')
    expect(shown({ year: 2026, month: 10, day: 25, hour: 2, minute: 30 })).toBe('2026-10-25T00:30:00.000Z')
    // The clock goes from 23:59:59 to 01:00 there.
    expect(midnight('Africa/Cairo', 2026, 4, 24)).toBe('2026-04-23T22:00:00.000Z')
    // A day that never was.
    expect(midnight('Pacific/Apia', 2011, 12, 30)).toBe('2011-12-30T10:00:00.000Z')
  })

  test('days and months beyond their range are those of the next or the previous month', () => {
    expect(midnight('UTC', 2026, 12, 32)).toBe('2027-01-01T00:00:00.000Z')
    expect(midnight('UTC', 2026, 3, 0)).toBe('2026-02-28T00:00:00.000Z')
    expect(midnight('UTC', 2026, 13, 1)).toBe('2027-01-01T00:00:00.000Z')
  })

  test('the time of what the clock shows is that time, or one that the clock shows again', () => {
    const names = ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns', 'Australia/Lord_Howe', 'Africa/Cairo']
    const zones = names.map(zone)
    const minutes = fc.integer({ min: 0, max: 60 * 24 * 365 * 60 })
    fc.assert(
      fc.property(fc.constantFrom(...zones), minutes, ({ civilAt, timeOf }, minute) => {
        const time = minute * minuteMs
        const found = timeOf(civilAt(time))
        expect(civilAt(found)).toEqual(civilAt(time))
        expect(found).toBeLessThanOrEqual(time)
      }),
    )
  })
})
