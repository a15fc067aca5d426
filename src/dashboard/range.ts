import type { UsageKey } from '../usage/usage-report.ts'

/** The time that the page shows. */

export type RangeName = '1h' | 'today' | '7d' | '30d' | 'own'

export interface Range {
  readonly name: RangeName
  /** First and last day, `2026-11-29`; only for `own`. */
  readonly first?: string
  readonly last?: string
}

/** Milliseconds since 1970. */
export interface Period {
  readonly since: number
  readonly until: number
}

const names: readonly string[] = ['1h', 'today', '7d', '30d', 'own'] satisfies readonly RangeName[]
const isRangeName = (text: string | null): text is RangeName => text !== null && names.includes(text)

const hourMs = 3_600_000

/** The start of a day, in the browser's time zone, which may skip an hour. */
const dayStart = (at: number, offset: number): number => {
  const date = new Date(at)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + offset).getTime()
}

const day = /^\d{4}-\d{2}-\d{2}$/
const dayOf = (text: string | undefined): number | undefined =>
  text !== undefined && day.test(text) ? new Date(`${text}T00:00:00`).getTime() : undefined

/** `2026-11-29`, in the browser's time zone. */
export const isoDay = (at: number): string => {
  const date = new Date(at)
  const pad = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
}

/** Of the server, too. */
const mostDays = 90

/** All days of the range, whole; undefined for own days that are missing, in the wrong order, or too many. */
export const periodOf = ({ name, first, last }: Range, now: number): Period | undefined => {
  if (name === 'own') {
    const [since, end] = [dayOf(first), dayOf(last)]
    if (since === undefined || end === undefined || end < since || end >= dayStart(since, mostDays)) return undefined
    return { since, until: dayStart(end, 1) }
  }
  if (name === '1h') return { since: now - hourMs, until: now }
  const days = { today: 0, '7d': 6, '30d': 29 }[name]
  return { since: dayStart(now, -days), until: dayStart(now, 1) }
}

/** Part of the page's URL, so that a reload and a bookmark show the same. */
export interface View {
  readonly range: Range
  readonly by: Breakdown
}

export type Breakdown = Extract<UsageKey, 'model' | 'client' | 'session' | 'error'>
const breakdowns: readonly string[] = ['model', 'client', 'session', 'error'] satisfies readonly Breakdown[]
const isBreakdown = (text: string | null): text is Breakdown => text !== null && breakdowns.includes(text)

export const readView = (fragment: string): View => {
  const values = new URLSearchParams(fragment.replace(/^#/, ''))
  const [name, by, first, last] = ['range', 'by', 'first', 'last'].map((key) => values.get(key))
  return {
    range: {
      name: isRangeName(name ?? null) ? (name as RangeName) : 'today',
      ...(first && { first }),
      ...(last && { last }),
    },
    by: isBreakdown(by ?? null) ? (by as Breakdown) : 'model',
  }
}

export const writeView = ({ range: { name, first, last }, by }: View): string =>
  `#${new URLSearchParams({ range: name, by, ...(name === 'own' && first && last && { first, last }) })}`
