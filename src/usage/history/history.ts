import { GatewayError } from '../../base/errors.ts'
import type { RecordSink } from '../../gateway/observers/batched-report.ts'
import type { PauseOptions } from '../pause.ts'
import { toRequestRow } from '../request-row.ts'
import type { UsageStore } from '../usage-store.ts'
import type { Connection } from './connection.ts'
import { isDatabaseError } from './database-file.ts'
import { createHistoryFile, type HistoryFileOptions } from './history-file.ts'
import { createHistoryReport } from './history-report.ts'
import { createHistoryReader, type HistoryReader } from './reader.ts'
import { purge } from './retention.ts'
import { writeRequests } from './write-requests.ts'

/** The server's history (OP-H). */

export interface HistoryOptions extends HistoryFileOptions, PauseOptions {
  /** How long single requests are kept, and sums. */
  readonly days: number
  readonly rollupDays: number
}

const purgeEveryMs = 21_600_000
const purgeRetryMs = 60_000
/** Old rows are not urgent: deleting them takes a tenth of the time. */
const purgePauseMs = 20

const unreadable = 'The history cannot be read at present. The log has the reason.'
const unavailableStatus = 503

const throwUnreadable = (cause: unknown): never => {
  throw new GatewayError('api_error', unreadable, { status: unavailableStatus, isLoggable: true, cause })
}

export const createHistory = (options: HistoryOptions): UsageStore => {
  const { date, now, sleep } = options
  const history = createHistoryFile(options)
  const readers = new WeakMap<Connection, HistoryReader>()
  let purgeAt = Number.NEGATIVE_INFINITY

  const purgeOld = async (connection: Connection): Promise<void> => {
    purgeAt = now() + purgeEveryMs
    try {
      await purge({ ...options, connection, date: date(), turn: () => sleep(purgePauseMs) })
    } catch {
      // A failure that lasts fails the next write too, which reports it.
      purgeAt = now() + purgeRetryMs
    }
  }
  /** Undefined if the history is off until the server restarts. */
  const writable = async (): Promise<Connection | undefined> => {
    try {
      return (await history.acquire()).connection
    } catch (error) {
      if (history.state() === 'off') return undefined
      throw error
    }
  }
  const sink: RecordSink = {
    async write(records) {
      const rows = records.flatMap((record) => toRequestRow(record) ?? [])
      const connection = rows.length === 0 ? undefined : await writable()
      if (connection === undefined) return
      try {
        await history.whenFree(() => writeRequests(connection, rows, date()))
      } catch (error) {
        throw history.fail(error, connection)
      }
      history.works()
      if (now() >= purgeAt) void purgeOld(connection)
    },
    end: history.close,
  }
  const readerOf = (connection: Connection): HistoryReader => {
    const reader = readers.get(connection) ?? createHistoryReader({ ...options, connection })
    readers.set(connection, reader)
    return reader
  }
  const read = async <T>(work: (reader: HistoryReader) => Promise<T>): Promise<T> => {
    const { connection } = await history.acquire().catch(throwUnreadable)
    try {
      return await work(readerOf(connection))
    } catch (error) {
      if (!isDatabaseError(error)) throw error
      return throwUnreadable(history.fail(error, connection))
    }
  }
  return {
    sink,
    createReport: (given) => createHistoryReport(sink, given),
    state: history.state,
    summarize: (query) => read(({ summarize }) => summarize(query)),
    requests: (query) => read(({ requests }) => requests(query)),
    spent: (since, until) => read(({ spent }) => spent(since, until)),
  }
}
