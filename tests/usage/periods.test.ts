import { describe, expect, test } from 'bun:test'
import { findTimeZone, type TimeZone } from '../../src/base/time-zone.ts'
import { dayKeyOf, localDays, localHoursOf, slotOf, toSlotRange } from '../../src/usage/periods.ts'
import type { UsageKey } from '../../src/usage/usage-report.ts'

const zone = (name: string): TimeZone => findTimeZone(name) as TimeZone

const days = (from: string, until: string, name: string): [string, number][] =>
  localDays(toSlotRange(Date.parse(from), Date.parse(until)), zone(name)).map((day) => [
    dayKeyOf('day')?.(day) ?? '',
    day.until - day.from,
  ])

describe('days of a time zone', () => {
  test.each<[string, string, string, [string, number][]]>([
    // The clock is set forward, and a day has 23 hours.
    [
      '2026-03-28T23:00Z',
      '2026-03-30T22:00Z',
      'Europe/Berlin',
      [
        ['2026-03-29', 92],
        ['2026-03-30', 96],
      ],
    ],
    [
      '2026-10-24T22:00Z',
      '2026-10-26T23:00Z',
      'Europe/Berlin',
      [
        ['2026-10-25', 100],
        ['2026-10-26', 96],
      ],
    ],
    // By half an hour.
    [
      '2026-04-03T13:00Z',
      '2026-04-05T13:30Z',
      'Australia/Lord_Howe',
      [
        ['2026-04-04', 96],
        ['2026-04-05', 98],
      ],
    ],
    ['2026-11-28T18:15Z', '2026-11-29T18:15Z', 'Asia/Kathmandu', [['2026-11-29', 96]]],
    // At midnight.
    [
      '2026-09-05T04:00Z',
      '2026-09-07T03:00Z',
      'America/Santiago',
      [
        ['2026-09-05', 96],
        ['2026-09-06', 92],
      ],
    ],
    // The zone skips a day.
    [
      '2011-12-29T10:00Z',
      '2011-12-31T10:00Z',
      'Pacific/Apia',
      [
        ['2011-12-29', 96],
        ['2011-12-31', 96],
      ],
    ],
    // Parts of days.
    [
      '2026-11-29T22:05Z',
      '2026-11-30T00:10Z',
      'UTC',
      [
        ['2026-11-29', 8],
        ['2026-11-30', 1],
      ],
    ],
    ['2026-11-29T22:00Z', '2026-11-29T22:00Z', 'UTC', []],
  ])('%s to %s in %s (OP-H4)', (from, until, name, expected) => {
    expect(days(from, until, name)).toEqual(expected)
  })
})

describe('keys of times', () => {
  test.each<[UsageKey, string, string]>([
    ['day', '2026-11-29', '2026-11-29'],
    ['month', '2026-01-31', '2026-01'],
    // By ISO 8601, a week belongs to the year of its Thursday.
    ['week', '2026-11-29', '2026-W48'],
    ['week', '2026-01-01', '2026-W01'],
    ['week', '2027-01-03', '2026-W53'],
    ['week', '2024-12-30', '2025-W01'],
    ['week', '2023-01-01', '2022-W52'],
  ])('%s of %s is %s', (by, date, key) => {
    const start = Date.parse(`${date}T00:00Z`)
    const [day] = localDays(toSlotRange(start, start + 900_000), zone('UTC'))
    expect(day && dayKeyOf(by)?.(day)).toBe(key)
  })

  const hours = (from: string, until: string, name: string): string[] => {
    const range = toSlotRange(Date.parse(from), Date.parse(until))
    const hourOf = localHoursOf(range, zone(name))
    const found = Array.from({ length: range.until - range.from }, (_, index) => hourOf(range.from + index))
    return [...new Set(found.map(({ key, from: first }) => `${key} ${(first - range.from) * 15}`))]
  }

  test('an hour that a clock shows twice has two keys', () => {
    expect(hours('2026-10-25T00:00Z', '2026-10-25T02:00Z', 'Europe/Berlin')).toEqual([
      '2026-10-25T02:00+02:00 0',
      '2026-10-25T02:00+01:00 60',
    ])
  })

  test('hours begin at other minutes in zones of half and quarter hours', () => {
    expect(hours('2026-11-29T00:00Z', '2026-11-29T01:00Z', 'Asia/Kathmandu')).toEqual([
      '2026-11-29T05:00+05:45 -45',
      '2026-11-29T06:00+05:45 15',
    ])
    expect(hours('2026-11-29T00:00Z', '2026-11-29T01:00Z', 'America/St_Johns')).toEqual([
      '2026-11-28T20:00-03:30 -30',
      '2026-11-28T21:00-03:30 30',
    ])
  })

  test('a slot starts a quarter of an hour', () => {
    expect([slotOf(0), slotOf(899_999), slotOf(900_000)]).toEqual([0, 0, 1])
  })
})
