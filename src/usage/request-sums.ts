import { histogramOf } from './histogram.ts'
import { addSums, noSums, type Sums } from './sums.ts'
import type { RequestRow, UsageFilter } from './usage-report.ts'
import type { GroupedSums, SessionSums } from './usage-source.ts'

/** What one request adds to the sums. */

const firstFailureStatus = 400

/** Whether it may have used tokens that no figure counts: the upstream began an answer, but did not say its usage. */
const isUnmeasured = ({ outputTokens, outcome, status, attempts }: RequestRow): boolean =>
  outputTokens === undefined && attempts > 0 && (outcome === 'cancelled' || status < firstFailureStatus)

export const sumsOf = (row: RequestRow): Sums => {
  const { outcome, cost } = row
  const isMeasured = row.outputTokens !== undefined
  const unmeasured = isUnmeasured(row) ? 1 : 0
  return {
    requests: 1,
    failed: outcome === 'failed' ? 1 : 0,
    refused: outcome === 'refused' ? 1 : 0,
    cancelled: outcome === 'cancelled' ? 1 : 0,
    input: row.inputTokens ?? 0,
    cacheRead: row.cacheReadTokens ?? 0,
    cacheWrite: row.cacheWriteTokens ?? 0,
    cacheWrite1h: row.cacheWrite1hTokens ?? 0,
    output: row.outputTokens ?? 0,
    cost: cost ?? null,
    unpriced: cost === undefined && isMeasured ? 1 : unmeasured,
    unmeasured,
    latencies: histogramOf(row.firstEventMs, row.durationMs),
  }
}

/** Whether the filter lets the request pass. */
export const passes = ({ model, client }: Pick<RequestRow, 'model' | 'client'>, filter: UsageFilter): boolean =>
  (filter.client === undefined || filter.client === client) &&
  (filter.model === undefined || (model ?? '').toLowerCase().includes(filter.model.toLowerCase()))

/** Adds the sums that have the same values. */
const joinGroups = (parts: readonly GroupedSums[]): GroupedSums[] => {
  const groups = new Map<string, GroupedSums>()
  for (const { values, sums } of parts) {
    const key = JSON.stringify(values)
    groups.set(key, { values, sums: addSums(groups.get(key)?.sums ?? noSums, sums) })
  }
  return [...groups.values()]
}

/** Adds the requests that have the same values. */
export const groupRequests = (
  rows: readonly RequestRow[],
  valuesOf: (row: RequestRow) => GroupedSums['values'],
): GroupedSums[] => joinGroups(rows.map((row) => ({ values: valuesOf(row), sums: sumsOf(row) })))

/** `rows` are the requests of the session. */
export const toSessionSums = (session: string, rows: readonly RequestRow[], wantsModels: boolean): SessionSums => ({
  session,
  subagentRequests: rows.filter(({ isSubagent }) => isSubagent).length,
  lastAt: rows.reduce((last, { at }) => Math.max(last, at), 0),
  parts: groupRequests(rows, ({ upstream = '', model = '' }) => (wantsModels ? [upstream, model] : [])),
})

/** Joins two parts of one session. */
export const joinSessionSums = (one: SessionSums, other: SessionSums): SessionSums => ({
  session: one.session,
  subagentRequests: one.subagentRequests + other.subagentRequests,
  lastAt: Math.max(one.lastAt, other.lastAt),
  parts: joinGroups([...one.parts, ...other.parts]),
})
