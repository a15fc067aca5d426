import { compactHistogram } from '../histogram.ts'
import { type SlotRange, slotOf } from '../periods.ts'
import type { Sums } from '../sums.ts'
import type { UsageFilter } from '../usage-report.ts'
import type { GroupedSums, UsageColumn } from '../usage-source.ts'
import type { Connection } from './connection.ts'
import { settledSlots } from './write-requests.ts'

/** Reads sums from the history's slots, and keeps those of past days in memory (OP-D3). */

const requestsThat = (outcome: string): string => `coalesce(sum(requests) FILTER (WHERE outcome = '${outcome}'), 0)`

/** With the names of the members of `Sums`. */
const figures = [
  'sum(requests) AS requests',
  `${requestsThat('failed')} AS failed`,
  `${requestsThat('refused')} AS refused`,
  `${requestsThat('cancelled')} AS cancelled`,
  'sum(input) AS input',
  'sum(cache_read) AS cacheRead',
  'sum(cache_write) AS cacheWrite',
  'sum(cache_write_1h) AS cacheWrite1h',
  'sum(output) AS output',
  'sum(cost) AS cost',
  'sum(unpriced) AS unpriced',
  'sum(unmeasured) AS unmeasured',
  "group_concat(h, '') AS latencies",
].join(', ')

type SumsRow = Omit<Sums, 'requests'> & Readonly<Record<UsageColumn, string | number>> & { requests: number | null }

const readSums = (
  connection: Connection,
  { from, until }: SlotRange,
  columns: readonly UsageColumn[],
  { client, model }: UsageFilter,
): GroupedSums[] => {
  const conditions = [
    'slot >= ? AND slot < ?',
    ...(client === undefined ? [] : ['client = ?']),
    ...(model === undefined ? [] : ['instr(lower(model), ?) > 0']),
  ]
  const selected = [...columns, figures].join(', ')
  const grouping = columns.length === 0 ? '' : `GROUP BY ${columns.join(', ')}`
  const sql = `SELECT ${selected} FROM slot_total WHERE ${conditions.join(' AND ')} ${grouping}`
  const values = [from, until, ...(client === undefined ? [] : [client])]
  const rows = connection.objects<SumsRow>(sql, model === undefined ? values : [...values, model.toLowerCase()])
  return rows.flatMap((row) => {
    const { requests } = row
    // The sum of no rows is null.
    if (requests === null) return []
    return [{ values: columns.map((column) => row[column]), sums: toSums({ ...row, requests }) }]
  })
}

/** Without the columns of the key: the sums stay in memory. */
const toSums = (row: Sums): Sums => ({
  requests: row.requests,
  failed: row.failed,
  refused: row.refused,
  cancelled: row.cancelled,
  input: row.input,
  cacheRead: row.cacheRead,
  cacheWrite: row.cacheWrite,
  cacheWrite1h: row.cacheWrite1h,
  output: row.output,
  cost: row.cost,
  unpriced: row.unpriced,
  unmeasured: row.unmeasured,
  latencies: compactHistogram(row.latencies),
})

/** About 10 MB. */
const mostKept = 30_000

export interface SlotSumsOptions {
  readonly connection: Connection
  /** Milliseconds since 1970. */
  readonly date: () => number
}

export const createSlotSums = ({ connection, date }: SlotSumsOptions) => {
  const kept = new Map<string, readonly GroupedSums[]>()
  let keptRows = 0
  let revision: unknown

  const forgetChanged = (): void => {
    const current = connection.rows('SELECT value FROM revision')[0]?.[0]
    if (current !== revision) {
      kept.clear()
      keptRows = 0
    }
    revision = current
  }
  const keep = (key: string, rows: readonly GroupedSums[]): void => {
    kept.set(key, rows)
    keptRows += Math.max(rows.length, 1)
    for (const [oldest, { length }] of kept) {
      if (keptRows <= mostKept) return
      kept.delete(oldest)
      keptRows -= Math.max(length, 1)
    }
  }
  return (range: SlotRange, columns: readonly UsageColumn[], filter: UsageFilter): readonly GroupedSums[] => {
    // Writers change the revision if they change a slot before these.
    const isSettled = range.until <= slotOf(date()) - settledSlots
    if (!isSettled) return readSums(connection, range, columns, filter)
    forgetChanged()
    const key = JSON.stringify([range.from, range.until, columns, filter.client, filter.model])
    const known = kept.get(key)
    if (known !== undefined) return known
    const rows = readSums(connection, range, columns, filter)
    keep(key, rows)
    return rows
  }
}
