import { billedTokens } from '../../gateway/policy/budgets.ts'
import { compactHistogram } from '../histogram.ts'
import { slotOf } from '../periods.ts'
import { sumsOf } from '../request-sums.ts'
import { addSums, noSums, type Sums } from '../sums.ts'
import type { RequestRow } from '../usage-report.ts'
import type { Connection, Values } from './connection.ts'
import { insertRequest, toValues } from './request-values.ts'

/** Writes requests, and adds them to the sums of their quarters of an hour, in one transaction (OP-H3, OP-H4). */

/** The requests of a batch that have the same key in `slot_total`. */
interface SlotSums {
  /** The columns of the key. */
  readonly key: Values
  sums: Sums
  budgetRequests: number
  budgetTokens: number
  durationMs: number
  firstEventMs: number
}

const budgetTokens = (row: RequestRow): number =>
  billedTokens({
    input_tokens: row.inputTokens ?? 0,
    cache_read_input_tokens: row.cacheReadTokens ?? 0,
    cache_creation_input_tokens: row.cacheWriteTokens ?? 0,
    output_tokens: row.outputTokens ?? 0,
  })

const keyOf = (row: RequestRow): Values => [
  slotOf(row.at),
  row.upstream ?? '',
  row.model ?? '',
  row.client ?? '',
  row.domain ?? '',
  row.outcome,
  row.error ?? '',
]

const readLatencies = `SELECT h FROM slot_total WHERE slot = ? AND upstream = ? AND model = ? AND client = ?
  AND domain = ? AND outcome = ? AND error = ?`

const figures = [
  'requests',
  'input',
  'cache_read',
  'cache_write',
  'cache_write_1h',
  'output',
  'budget_requests',
  'budget_tokens',
  'unpriced',
  'unmeasured',
  'duration_ms',
  'first_event_ms',
]

const addToSlot = `INSERT INTO slot_total
  (slot, upstream, model, client, domain, outcome, error, ${figures.join(', ')}, cost, h)
  VALUES (?, ?, ?, ?, ?, ?, ?, ${figures.map(() => '?').join(', ')}, ?, ?)
  ON CONFLICT DO UPDATE SET ${figures.map((figure) => `${figure} = ${figure} + excluded.${figure}`).join(', ')},
  cost = coalesce(cost + excluded.cost, cost, excluded.cost), h = excluded.h`

const writeSlot = (connection: Connection, { key, sums, ...others }: SlotSums): void => {
  const known = String(connection.rows(readLatencies, key)[0]?.[0] ?? '')
  connection.change(addToSlot, [
    ...key,
    sums.requests,
    sums.input,
    sums.cacheRead,
    sums.cacheWrite,
    sums.cacheWrite1h,
    sums.output,
    others.budgetRequests,
    others.budgetTokens,
    sums.unpriced,
    sums.unmeasured,
    others.durationMs,
    others.firstEventMs,
    sums.cost,
    compactHistogram(known + sums.latencies),
  ])
}

const addToBatch = (batch: Map<string, SlotSums>, row: RequestRow): void => {
  const key = keyOf(row)
  const text = JSON.stringify(key)
  const slot = batch.get(text) ?? {
    key,
    sums: noSums,
    budgetRequests: 0,
    budgetTokens: 0,
    durationMs: 0,
    firstEventMs: 0,
  }
  slot.sums = addSums(slot.sums, sumsOf(row))
  // A request that this server refuses uses nothing of a budget.
  slot.budgetRequests += row.attempts > 0 ? 1 : 0
  slot.budgetTokens += budgetTokens(row)
  slot.durationMs += row.durationMs
  slot.firstEventMs += row.firstEventMs ?? 0
  batch.set(text, slot)
}

/** Readers keep the sums of slots that ended before these, an hour. */
export const settledSlots = 4

/** Makes readers forget what they keep. */
export const changePast = (connection: Connection): void => {
  connection.execute('UPDATE revision SET value = value + 1')
}

/** Throws SQLite's errors. `date`: milliseconds since 1970. */
export const writeRequests = (connection: Connection, rows: readonly RequestRow[], date: number): void => {
  connection.transact(() => {
    const batch = new Map<string, SlotSums>()
    for (const row of rows)
      if (connection.change(insertRequest, toValues(row, slotOf(row.at))) === 1) addToBatch(batch, row)
    for (const slot of batch.values()) writeSlot(connection, slot)
    // One slot more than readers need: their clock may be ahead.
    const firstOpen = slotOf(date) - settledSlots + 1
    if ([...batch.values()].some(({ key: [slot] }) => Number(slot) < firstOpen)) changePast(connection)
  })
}
