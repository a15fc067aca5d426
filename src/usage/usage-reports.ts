import { invalidRequest } from '../base/errors.ts'
import { findTimeZone } from '../base/time-zone.ts'
import { commonRange, dayKeyOf, type LocalDay, localDays, localHoursOf, slotStart, toSlotRange } from './periods.ts'
import { addTo, type Groups, type ReportRun, readSums, reprice } from './report-run.ts'
import { addSums, allTokens, noSums, type Sums, toFigures } from './sums.ts'
import { type UsageQuery, type UsageReport, type UsageRow, usageKeys } from './usage-report.ts'
import { readSeries } from './usage-series.ts'
import type { GroupedSums, UsageColumn } from './usage-source.ts'

/** Makes reports from a source, a local day at a time. */

/** Key of requests that have no name of this kind. No name has brackets. */
const noName = '(none)'
const usualCurrency = 'USD'

const columnsOf = ({ by }: UsageQuery): UsageColumn[] => {
  if (dayKeyOf(by) !== undefined || by === 'session') return []
  return [by === 'hour' ? 'slot' : (by as UsageColumn)]
}

/** Makes the key of the sums that a day has. */
const keyOf = (day: LocalDay, { query: { by }, zone }: ReportRun): ((values: GroupedSums['values']) => string) => {
  const dayKey = dayKeyOf(by)?.(day)
  if (dayKey !== undefined) return () => dayKey
  if (by !== 'hour') return ([name]) => String(name || noName)
  const hourOf = localHoursOf(day, zone)
  return ([slot]) => hourOf(Number(slot)).key
}

const readGroups = async (run: ReportRun): Promise<Groups<string>> => {
  const groups: Groups<string> = new Map()
  const columns = columnsOf(run.query)
  // A range may begin long before the first request.
  for (const day of localDays(commonRange(run.range, run.source.extent()), run.zone)) {
    const key = keyOf(day, run)
    for (const { values, sums } of readSums(run, day, columns)) addTo(groups, key(values), sums)
    await run.pause()
  }
  return groups
}

const isTime = ({ by }: UsageQuery): boolean => by === 'hour' || dayKeyOf(by) !== undefined

const bySize = ([, one]: [string, Sums], [, other]: [string, Sums]): number =>
  allTokens(other) - allTokens(one) || other.requests - one.requests

/** Times in their order; of other keys, the largest first. */
const toRows = (groups: Groups<string>, query: UsageQuery): UsageRow[] => {
  const rows = [...groups].filter(([, { requests }]) => requests > 0)
  const { limit = rows.length } = query
  // Requests without an error are not a kind of error.
  const named = query.by === 'error' ? rows.filter(([key]) => key !== noName) : rows
  const chosen = isTime(query) ? named.slice(Math.max(0, named.length - limit)) : named.sort(bySize).slice(0, limit)
  return chosen.map(([key, sums]) => ({ key, ...toFigures(sums) }))
}

const readSessionRows = async ({ source, query, range }: ReportRun): Promise<UsageRow[]> => {
  const { priceOf } = query
  const sessions = await source.sessions({ ...query, ...range, wantsModels: priceOf !== undefined })
  return sessions.map(({ session, subagentRequests, lastAt, parts }) => {
    const priced = parts.map(({ values, sums }) => (priceOf === undefined ? sums : reprice(priceOf, values, sums)))
    const figures = toFigures(priced.reduce(addSums, noSums))
    return { key: session, ...figures, subagentRequests, lastAt: new Date(lastAt).toISOString() }
  })
}

const isoOf = (slot: number): string => new Date(slotStart(slot)).toISOString()

export const createUsageReports =
  (options: Pick<ReportRun, 'source' | 'pause'>) =>
  async (query: UsageQuery): Promise<UsageReport> => {
    const zone = findTimeZone(query.timezone)
    if (zone === undefined) throw invalidRequest(['timezone'], 'Unknown time zone.')
    if (!usageKeys.includes(query.by)) throw invalidRequest(['by'], 'Unknown key.')
    const range = toSlotRange(query.since, query.until)
    const run: ReportRun = { ...options, query, range, zone }
    const groups = await readGroups(run)
    return {
      since: isoOf(range.from),
      until: isoOf(range.until),
      timezone: zone.name,
      currency: query.currency ?? usualCurrency,
      by: query.by,
      rows: query.by === 'session' ? await readSessionRows(run) : toRows(groups, query),
      total: toFigures([...groups.values()].reduce(addSums, noSums)),
      ...(query.hasSeries === true && { series: await readSeries(run) }),
    }
  }
