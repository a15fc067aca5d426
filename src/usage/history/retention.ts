import { slotOf } from '../periods.ts'
import type { Connection } from './connection.ts'
import { changePast } from './write-requests.ts'

/** Deletes rows in short transactions: no other process waits long for the lock, and no request of this one (OP-H5). */

/** About two milliseconds each. */
const [requestsPerTurn, slotsPerTurn, pagesPerTurn] = [100, 2, 64]

const oldestSlots = 'slot < (SELECT min(slot) FROM slot_total) + ?'

/** Repeats a deletion until nothing is left. Returns the number of deleted rows. */
const repeat = async (work: () => number, turn: () => Promise<void>): Promise<number> => {
  let all = 0
  for (let changed = work(); changed > 0; changed = work()) {
    all += changed
    await turn()
  }
  return all
}

const freePages = (connection: Connection): number => Number(connection.rows('PRAGMA freelist_count')[0]?.[0] ?? 0)

/** Gives the space of deleted rows back to the file system. */
export const shrink = async ({ connection, turn }: Deletion): Promise<void> => {
  for (let free = freePages(connection); free > 0; ) {
    connection.rows(`PRAGMA incremental_vacuum(${pagesPerTurn})`)
    const rest = freePages(connection)
    if (rest >= free) return
    free = rest
    await turn()
  }
}

export interface Deletion {
  readonly connection: Connection
  /** Resolves after the other work that waits. */
  readonly turn: () => Promise<void>
}

/** Deletes single requests that started before the time, in milliseconds since 1970. Returns their number. */
export const deleteRequestsBefore = ({ connection, turn }: Deletion, time: number): Promise<number> =>
  repeat(
    () =>
      connection.change(
        'DELETE FROM request WHERE rowid IN (SELECT rowid FROM request WHERE at < ? ORDER BY at LIMIT ?)',
        [time, requestsPerTurn],
      ),
    turn,
  )

/** Deletes the sums of slots that ended before the time, in milliseconds since 1970. */
export const deleteSlotsBefore = async ({ connection, turn }: Deletion, time: number): Promise<void> => {
  const sql = `DELETE FROM slot_total WHERE slot < ? AND ${oldestSlots}`
  const deleted = await repeat(() => connection.change(sql, [slotOf(time), slotsPerTurn]), turn)
  if (deleted > 0) changePast(connection)
}

const [rowsPerRange, slotsPerRange] = [2000, 96]

interface Range {
  /** Selects the first and the last number. */
  readonly bounds: string
  /** Deletes from a number until another one, of a client. */
  readonly deletion: string
  readonly step: number
}

const requestRange: Range = {
  bounds: 'SELECT (SELECT min(rowid) FROM request), (SELECT max(rowid) FROM request)',
  deletion: 'DELETE FROM request WHERE rowid >= ? AND rowid < ? AND client = ?',
  step: rowsPerRange,
}
const slotRange: Range = {
  bounds: 'SELECT (SELECT min(slot) FROM slot_total), (SELECT max(slot) FROM slot_total)',
  deletion: 'DELETE FROM slot_total WHERE slot >= ? AND slot < ? AND client = ?',
  step: slotsPerRange,
}

/** No index has the clients, so this reads all rows, some at a time. */
const deleteInRanges = async (deletion: Deletion, range: Range, client: string): Promise<number> => {
  const { connection, turn } = deletion
  const [first, last] = connection.rows(range.bounds)[0] ?? []
  let deleted = 0
  for (let from = Number(first ?? 0); from <= Number(last ?? -1); from += range.step) {
    deleted += connection.change(range.deletion, [from, from + range.step, client])
    await turn()
  }
  return deleted
}

/** Deletes all requests and sums of the client. Returns the number of its requests. */
export const deleteClient = async (deletion: Deletion, client: string): Promise<number> => {
  const requests = await deleteInRanges(deletion, requestRange, client)
  await deleteInRanges(deletion, slotRange, client)
  changePast(deletion.connection)
  return requests
}

const dayMs = 86_400_000

export interface Retention extends Deletion {
  readonly days: number
  readonly rollupDays: number
  /** Milliseconds since 1970. */
  readonly date: number
}

/** Deletes what is older than the configured days. Rejects with SQLite's errors. */
export const purge = async (retention: Retention): Promise<void> => {
  const { days, rollupDays, date } = retention
  await deleteRequestsBefore(retention, date - days * dayMs)
  await deleteSlotsBefore(retention, date - rollupDays * dayMs)
  await shrink(retention)
}
