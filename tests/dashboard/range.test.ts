import { describe, expect, test } from 'bun:test'
import { isoDay, periodOf, readView, type View, writeView } from '../../src/dashboard/range.ts'

const now = new Date(2026, 10, 29, 14, 5).getTime()
const day = (date: number, month = 10): number => new Date(2026, month, date).getTime()

describe('the time that the dashboard shows (OP-D2)', () => {
  test('an hour ends now; all other ranges have whole days', () => {
    expect(periodOf({ name: '1h' }, now)).toEqual({ since: now - 3_600_000, until: now })
    expect(periodOf({ name: 'today' }, now)).toEqual({ since: day(29), until: day(30) })
    expect(periodOf({ name: '7d' }, now)).toEqual({ since: day(23), until: day(30) })
    expect(periodOf({ name: '30d' }, now)).toEqual({ since: day(31, 9), until: day(30) })
  })

  test('own days include the last one', () => {
    expect(periodOf({ name: 'own', first: '2026-11-01', last: '2026-11-03' }, now)).toEqual({
      since: day(1),
      until: day(4),
    })
    expect(periodOf({ name: 'own', first: '2026-11-03', last: '2026-11-03' }, now)).toEqual({
      since: day(3),
      until: day(4),
    })
  })

  test('own days that are missing, wrong, in the wrong order or more than 90 give no time', () => {
    for (const days of [
      {},
      { first: '2026-11-03' },
      { first: '2026-11-03', last: '2026-11-02' },
      { first: 'x', last: '' },
      { first: '2026-08-01', last: '2026-10-30' },
    ])
      expect(periodOf({ name: 'own', ...days }, now)).toBeUndefined()
  })

  test('a day is written as date fields need it', () => {
    expect(isoDay(new Date(2026, 0, 5, 23, 59).getTime())).toBe('2026-01-05')
  })

  test('the URL keeps the view, and an unknown one becomes the usual view', () => {
    const views: View[] = [
      { range: { name: '7d' }, by: 'session' },
      { range: { name: 'own', first: '2026-11-01', last: '2026-11-03' }, by: 'error' },
    ]
    for (const view of views) expect(readView(writeView(view))).toEqual(view)
    for (const text of ['', '#', '#range=9d&by=prompt'])
      expect(readView(text)).toEqual({ range: { name: 'today' }, by: 'model' })
  })
})
