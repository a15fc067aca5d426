import { cursorAt, parseCursor, toCursorText } from '../cursor.ts'
import { slotStart } from '../periods.ts'
import { joinSessionSums, passes, toSessionSums } from '../request-sums.ts'
import type { RequestPage, RequestQuery, RequestRow } from '../usage-report.ts'
import type { SessionQuery, SessionSums } from '../usage-source.ts'
import type { Connection } from './connection.ts'
import { requestColumnsOf, type StoredRequest, toRequestRow } from './request-values.ts'

/** Reads single requests and sessions, by index and in short turns. */

export interface RequestReaderOptions {
  readonly connection: Connection
  readonly pause: () => Promise<void>
}

/** About a millisecond. */
const rowsPerTurn = 200
/** Their rows have few columns. */
const placesPerTurn = 500
/** A page ends after so many rows that the filter refuses, so that no request for a page takes long. */
const mostScanned = 20_000

const newestOf = (columns: string): string => `SELECT ${columns} FROM request
  WHERE (at, id) < (?, ?) AND at >= ? ORDER BY at DESC, id DESC LIMIT ?`

/** Returns a page of requests, newest first. Rejects with a 400 for an invalid cursor. */
export const readRequests = async (
  { connection, pause }: RequestReaderOptions,
  query: RequestQuery,
): Promise<RequestPage> => {
  const { since = 0, until, limit } = query
  const cursor = parseCursor(query.before)
  const requests: RequestRow[] = []
  const newest = newestOf(requestColumnsOf(connection))
  const isFiltered = query.client !== undefined || query.model !== undefined
  let place = until === undefined || cursor.at < until ? cursor : cursorAt(until)
  for (let scanned = 0; scanned < mostScanned; scanned += rowsPerTurn) {
    const wanted = isFiltered ? rowsPerTurn : Math.min(rowsPerTurn, limit - requests.length + 1)
    const rows = connection.objects<StoredRequest>(newest, [place.at, place.id, since, wanted])
    for (const stored of rows) {
      const request = toRequestRow(stored)
      if (passes(request, query)) {
        if (requests.length >= limit) return { requests, next: toCursorText(place) }
        requests.push(request)
      }
      place = stored
    }
    if (rows.length < wanted) return { requests }
    await pause()
  }
  return { requests, next: toCursorText(place) }
}

const newestSessions = `SELECT id, at, session, client, model FROM request
  WHERE (at, id) < (?, ?) AND at >= ? ORDER BY at DESC, id DESC LIMIT ?`

type SessionPlace = Pick<StoredRequest, 'id' | 'at' | 'session' | 'client' | 'model'>

/** The last sessions of the range, newest first. */
const findSessions = async ({ connection, pause }: RequestReaderOptions, query: SessionQuery): Promise<Set<string>> => {
  const { from, until, limit = Number.POSITIVE_INFINITY } = query
  const found = new Set<string>()
  let place = cursorAt(slotStart(until))
  for (;;) {
    const rows = connection.objects<SessionPlace>(newestSessions, [place.at, place.id, slotStart(from), placesPerTurn])
    for (const row of rows) {
      place = row
      if (row.session === null || found.has(row.session) || !passes(row, query)) continue
      if (found.size >= limit) return found
      found.add(row.session)
    }
    if (rows.length < placesPerTurn) return found
    await pause()
  }
}

const newestOfSession = (columns: string): string => `SELECT ${columns} FROM request
  WHERE session = ? AND (at, id) < (?, ?) AND at >= ? ORDER BY at DESC, id DESC LIMIT ?`

const readSession = async (
  options: RequestReaderOptions,
  session: string,
  query: SessionQuery,
): Promise<SessionSums> => {
  const from = slotStart(query.from)
  // A session may have more requests than fit into one turn, or into the memory.
  let sums = toSessionSums(session, [], query.wantsModels)
  const sql = newestOfSession(requestColumnsOf(options.connection))
  let place = cursorAt(slotStart(query.until))
  for (;;) {
    const values = [session, place.at, place.id, from, rowsPerTurn]
    const rows = options.connection.objects<StoredRequest>(sql, values)
    const requests = rows.map(toRequestRow).filter((row) => passes(row, query))
    sums = joinSessionSums(sums, toSessionSums(session, requests, query.wantsModels))
    await options.pause()
    if (rows.length < rowsPerTurn) return sums
    place = rows.at(-1) ?? place
  }
}

/** Newest first. */
export const readSessions = async (options: RequestReaderOptions, query: SessionQuery): Promise<SessionSums[]> => {
  const sessions: SessionSums[] = []
  for (const session of await findSessions(options, query)) sessions.push(await readSession(options, session, query))
  return sessions
}
