import type { TimeZone } from '../../base/time-zone.ts'
import { isMiss } from '../../gateway/cache-miss.ts'
import { dateOf } from '../periods.ts'
import { roundedCost, roundedRate } from '../sums.ts'
import type { PriceOf, RequestRow } from '../usage-report.ts'
import { type CacheAdvice, createAdvice } from './advice.ts'
import { type LifetimeReport, reportLifetimes } from './lifetimes.ts'

/** Reports what the prompt cache did, from single requests in any order (CA-U1). */

export const cacheKeys = ['session', 'day', 'model'] as const
type CacheKey = (typeof cacheKeys)[number]

export interface CacheQuery {
  readonly by: CacheKey
  /** Milliseconds since 1970; `until` is excluded. */
  readonly since: number
  readonly until: number
  readonly zone: TimeZone
  /** Only this session. */
  readonly session?: string | undefined
  /** Most rows: the newest sessions, the last days, the models that missed the most. */
  readonly limit?: number | undefined
  readonly currency: string
  readonly priceOf: PriceOf
}

interface ClassFigures {
  readonly class: string
  readonly requests: number
  readonly missedTokens: number
}

export interface CacheFigures {
  readonly requests: number
  /** Share of the input that came from the cache, with 3 decimals; absent without input. */
  readonly cacheHitRate?: number
  readonly missedTokens: number
  /** What the missed tokens cost more; absent without prices. */
  readonly missCost?: number
  /** Most missed tokens first. */
  readonly classes: readonly ClassFigures[]
}

export interface CacheRow extends CacheFigures {
  readonly key: string
  /** Of a session: the start of its last request in ISO 8601. */
  readonly lastAt?: string
}

export interface CacheReport {
  /** ISO 8601. */
  readonly since: string
  readonly until: string
  readonly timezone: string
  readonly currency: string
  readonly by: CacheKey
  readonly rows: readonly CacheRow[]
  readonly total: CacheFigures
  /** Requests that nothing is known about: the audit was off, or they requested no cache. */
  readonly unknownRequests: number
  /** Absent for too few requests, and for less than an hour (CA-U2). */
  readonly lifetimes?: LifetimeReport
  /** Absent if there is nothing to gain (CA-T7). */
  readonly advice?: CacheAdvice
}

interface Group {
  lastAt: number
  requests: number
  input: number
  read: number
  missedTokens: number
  cost: number | undefined
  readonly classes: Map<string, { requests: number; missedTokens: number }>
}

const newGroup = (): Group => ({
  lastAt: 0,
  requests: 0,
  input: 0,
  read: 0,
  missedTokens: 0,
  cost: undefined,
  classes: new Map(),
})

const addTo = (group: Group, row: RequestRow): void => {
  const { cacheClass = '', inputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0, cacheMissedTokens = 0 } = row
  group.lastAt = Math.max(group.lastAt, row.at)
  group.requests += 1
  group.input += inputTokens + cacheReadTokens + cacheWriteTokens
  group.read += cacheReadTokens
  group.missedTokens += cacheMissedTokens
  if (row.cacheCost !== undefined) group.cost = (group.cost ?? 0) + row.cacheCost
  const { requests, missedTokens } = group.classes.get(cacheClass) ?? { requests: 0, missedTokens: 0 }
  group.classes.set(cacheClass, { requests: requests + 1, missedTokens: missedTokens + cacheMissedTokens })
}

const classesOf = ({ classes }: Group): ClassFigures[] =>
  [...classes]
    .map(([name, figures]) => ({ class: name, ...figures }))
    .sort((one, other) => other.missedTokens - one.missedTokens || other.requests - one.requests)

const toFigures = (group: Group): CacheFigures => ({
  requests: group.requests,
  ...(group.input > 0 && { cacheHitRate: roundedRate(group.read / group.input) }),
  missedTokens: group.missedTokens,
  ...(group.cost !== undefined && { missCost: roundedCost(group.cost) }),
  classes: classesOf(group),
})

const noName = '(none)'

const keyOf = (row: RequestRow, { by, zone }: CacheQuery): string =>
  by === 'day' ? dateOf(zone.civilAt(row.at)) : (row[by] ?? noName)

type Entry = readonly [key: string, group: Group]

const order: Readonly<Record<CacheKey, (one: Entry, other: Entry) => number>> = {
  session: ([, one], [, other]) => other.lastAt - one.lastAt,
  model: ([, one], [, other]) => other.missedTokens - one.missedTokens || other.requests - one.requests,
  day: ([one], [other]) => (one < other ? -1 : 1),
}

const toRows = (groups: ReadonlyMap<string, Group>, { by, limit = groups.size }: CacheQuery): CacheRow[] => {
  const sorted = [...groups].sort(order[by])
  const chosen = by === 'day' ? sorted.slice(Math.max(0, sorted.length - limit)) : sorted.slice(0, limit)
  return chosen.map(([key, group]) => ({
    key,
    ...(by === 'session' && { lastAt: new Date(group.lastAt).toISOString() }),
    ...toFigures(group),
  }))
}

/** The classes of misses that missed the most. */
export const largestMisses = ({ classes }: CacheFigures, most: number): readonly ClassFigures[] =>
  classes.filter((one) => isMiss(one.class)).slice(0, most)

/** Adds one request after another. */
export const createCacheReport = (query: CacheQuery) => {
  const { since, until, session, zone, currency, by, priceOf } = query
  const groups = new Map<string, Group>()
  const total = newGroup()
  const audited: RequestRow[] = []
  let unknownRequests = 0
  return {
    add(row: RequestRow): void {
      if (row.at < since || row.at >= until || (session !== undefined && row.session !== session)) return
      if (row.cacheClass === undefined) {
        unknownRequests += 1
        return
      }
      const key = keyOf(row, query)
      const group = groups.get(key) ?? newGroup()
      groups.set(key, group)
      addTo(group, row)
      addTo(total, row)
      audited.push(row)
    },
    report(): CacheReport {
      const lifetimes = reportLifetimes(audited, priceOf)
      const advice = createAdvice(audited, lifetimes)
      return {
        since: new Date(since).toISOString(),
        until: new Date(until).toISOString(),
        timezone: zone.name,
        currency,
        by,
        rows: toRows(groups, query),
        total: toFigures(total),
        unknownRequests,
        ...(lifetimes !== undefined && { lifetimes }),
        ...(advice !== undefined && { advice }),
      }
    },
  }
}
