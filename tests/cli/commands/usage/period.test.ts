import { describe, expect, test } from 'bun:test'
import { findTimeZone } from '../../../../src/base/time-zone.ts'
import { type Clock, readBeginning, readPeriod } from '../../../../src/cli/commands/usage/period.ts'

const clockAt = (now: string, name = 'Europe/Berlin'): Clock => {
  const zone = findTimeZone(name)
  if (zone === undefined) throw new Error(`no zone ${name}`)
  return { zone, now: Date.parse(now) }
}

/** Sunday, 13:20:07 in Berlin. */
const clock = clockAt('2026-11-29T12:20:07Z')

const shown = (since: string, until?: string, at = clock): string[] => {
  const period = readPeriod(since, until, at)
  return [new Date(period.since).toISOString(), new Date(period.until).toISOString()]
}

const now = '2026-11-29T12:20:07.000Z'

describe('the period of usage', () => {
  test.each([
    ['today', '2026-11-28T23:00:00.000Z'],
    ['1d', '2026-11-28T23:00:00.000Z'],
    ['yesterday', '2026-11-27T23:00:00.000Z'],
    ['7d', '2026-11-22T23:00:00.000Z'],
    ['2w', '2026-11-15T23:00:00.000Z'],
    // The clock changed in between.
    ['60d', '2026-09-30T22:00:00.000Z'],
    ['2h', '2026-11-29T10:15:00.000Z'],
    ['2026-11', '2026-10-31T23:00:00.000Z'],
    ['2026-11-05', '2026-11-04T23:00:00.000Z'],
    ['2026-07-05', '2026-07-04T22:00:00.000Z'],
    ['2026-11-05 14:30', '2026-11-05T13:30:00.000Z'],
    ['2026-11-05T14:30:59', '2026-11-05T13:30:59.000Z'],
    ['2026-11-05T14:30Z', '2026-11-05T14:30:00.000Z'],
    ['2026-11-05 14:30:00-08:00', '2026-11-05T22:30:00.000Z'],
    [' 7d ', '2026-11-22T23:00:00.000Z'],
  ])('begins with --since %s in the time zone (OP-U1)', (since, begins) => {
    expect(shown(since)).toEqual([begins, now])
  })

  test.each([
    // The whole day, the whole month.
    ['2026-11-05', '2026-11-05T23:00:00.000Z'],
    ['2026-10', '2026-10-31T23:00:00.000Z'],
    ['yesterday', '2026-11-28T23:00:00.000Z'],
    ['today', '2026-11-29T23:00:00.000Z'],
    // Where --since 7d begins.
    ['7d', '2026-11-22T23:00:00.000Z'],
    ['now', now],
    ['2026-11-05 14:30', '2026-11-05T13:30:00.000Z'],
  ])('ends with --until %s (OP-U1)', (until, ends) => {
    expect(shown('2026-01', until)).toEqual(['2025-12-31T23:00:00.000Z', ends])
  })

  test('two periods with one border share no time, and leave none out (OP-U1)', () => {
    expect(shown('14d', '7d')[1]).toBe(shown('7d')[0] ?? '')
    expect(shown('2026-10', '2026-10')[1]).toBe(shown('2026-11')[0] ?? '')
    const utc = clockAt('2026-11-29T12:20:07Z', 'UTC')
    expect(shown('2026-11', '2026-11', utc)).toEqual(['2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z'])
  })

  test.each([
    '0d',
    '7 days',
    '7x',
    '-7d',
    'last week',
    '29.11.2026',
    '11/29/2026',
    '2026-13',
    '2026-02-30',
    '2026-00-01',
    '2026-11-05T24:00',
    '2026-11-05T14:60',
    '2026-11-05T14:30+25:00',
    '',
  ])('%j is an error that names the valid forms (OP-U1)', (text) => {
    const forms =
      /is not a time\. Use 7d \(also h and w\), today, yesterday, 2026-11, 2026-11-01 or "2026-11-01 14:30"\.$/
    expect(() => readPeriod(text, undefined, clock)).toThrow(forms)
    expect(() => readPeriod('2026-01', text, clock)).toThrow(/^--until.* is not a time/)
    expect(() => readBeginning(text, 'before', clock)).toThrow(/^--before.* is not a time/)
  })

  test('an error shows what was typed, but nothing that may be a key (OP-U1)', () => {
    expect(() => readPeriod('2026-02-30', undefined, clock)).toThrow('--since 2026-02-30 is not a time.')
    expect(() => readPeriod('tuesday', undefined, clock)).toThrow('--since tuesday is not a time.')
    expect(() => readPeriod('nxc_0123456789abcdefghijklmnop', undefined, clock)).toThrow('--since is not a time.')
  })

  test('a period without any time is an error with its remedy (OP-U1)', () => {
    expect(() => readPeriod('2026-11-05', '2026-11-04', clock)).toThrow(
      '--since 2026-11-05 is not before --until 2026-11-04. Swap them, or leave out --until.',
    )
    expect(() => readPeriod('2026-12', undefined, clock)).toThrow('--since 2026-12 is in the future.')
    expect(() => readPeriod('now', undefined, clock)).toThrow('--since now is not before --until now.')
  })

  test('a date of --before is its beginning: the day is not part of it (OP-U5)', () => {
    expect(new Date(readBeginning('2026-11-05', 'before', clock)).toISOString()).toBe('2026-11-04T23:00:00.000Z')
    expect(new Date(readBeginning('90d', 'before', clock)).toISOString()).toBe('2026-08-31T22:00:00.000Z')
  })
})
