import { setMostRecent } from '../base/lru.ts'
import type { RequestObserver } from '../gateway/request-record.ts'
import { newestFirst, parseCursor, toCursorText } from './cursor.ts'
import { type SlotRange, slotOf } from './periods.ts'
import { toRequestRow } from './request-row.ts'
import { groupRequests, passes, toSessionSums } from './request-sums.ts'
import type { RequestPage, RequestQuery, RequestRow, UsageFilter, UsageReader } from './usage-report.ts'
import { createUsageReports } from './usage-reports.ts'
import type { SessionQuery, SessionSums, UsageColumn, UsageSource } from './usage-source.ts'

/** The last requests in memory, for the dashboard of a server without a history (OP-D). */

const mostRequests = 1000

const isIn = ({ from, until }: SlotRange, { at }: RequestRow): boolean => slotOf(at) >= from && slotOf(at) < until

const columnValue = (row: RequestRow, column: UsageColumn): string | number =>
  column === 'slot' ? slotOf(row.at) : (row[column] ?? '')

const createSource = (requests: () => readonly RequestRow[]): UsageSource => {
  const select = (range: SlotRange, filter: UsageFilter): RequestRow[] =>
    requests().filter((row) => isIn(range, row) && passes(row, filter))

  return {
    extent() {
      const slots = requests().map(({ at }) => slotOf(at))
      return slots.length === 0 ? undefined : { from: Math.min(...slots), until: Math.max(...slots) + 1 }
    },
    sums: (range, columns, filter) =>
      groupRequests(select(range, filter), (row) => columns.map((column) => columnValue(row, column))),
    async sessions(query: SessionQuery): Promise<SessionSums[]> {
      const rows = select(query, query).sort(newestFirst)
      const sessions = [...Map.groupBy(rows, ({ session }) => session)].flatMap(([session, own]) =>
        session === undefined ? [] : [toSessionSums(session, own, query.wantsModels)],
      )
      return sessions.slice(0, query.limit)
    },
  }
}

const readPage = (requests: readonly RequestRow[], query: RequestQuery): RequestPage => {
  const { since = 0, until = Number.POSITIVE_INFINITY, limit } = query
  const cursor = parseCursor(query.before)
  const found = requests
    .filter((row) => row.at >= since && row.at < until && newestFirst(cursor, row) < 0 && passes(row, query))
    .sort(newestFirst)
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    requests: page,
    ...(last !== undefined && found.length > limit && { next: toCursorText(last) }),
  }
}

export interface RecentUsage extends UsageReader {
  readonly observe: RequestObserver
}

export const createRecentUsage = (): RecentUsage => {
  const byId = new Map<string, RequestRow>()
  const requests = (): readonly RequestRow[] => [...byId.values()]
  return {
    observe(record) {
      const row = toRequestRow(record)
      if (row === undefined || byId.has(row.id)) return
      setMostRecent(byId, row.id, row, mostRequests)
    },
    // The requests are in memory: no read takes long.
    summarize: createUsageReports({ source: createSource(requests), pause: () => Promise.resolve() }),
    requests: async (query) => readPage(requests(), query),
  }
}
