import type { PauseOptions } from '../pause.ts'
import { createPause } from '../pause.ts'
import type { UsageReader } from '../usage-report.ts'
import { createUsageReports } from '../usage-reports.ts'
import type { UsageSource } from '../usage-source.ts'
import type { Spending } from '../usage-store.ts'
import { readRequests, readSessions } from './read-requests.ts'
import { createSlotSums, type SlotSumsOptions } from './slot-sums.ts'
import { readSpending } from './spending.ts'

/** One query with both functions would read all slots. */
const slotBounds = 'SELECT (SELECT min(slot) FROM slot_total), (SELECT max(slot) FROM slot_total)'

export interface HistoryReaderOptions extends SlotSumsOptions, PauseOptions {}

export interface HistoryReader extends UsageReader {
  spent(since: number, until: number): Promise<readonly Spending[]>
}

/** Reads an open history. Writes nothing. */
export const createHistoryReader = (options: HistoryReaderOptions): HistoryReader => {
  const { connection } = options
  const pause = createPause(options)
  const source: UsageSource = {
    extent() {
      const [first, last] = connection.rows(slotBounds)[0] ?? []
      return typeof first === 'number' && typeof last === 'number' ? { from: first, until: last + 1 } : undefined
    },
    sums: createSlotSums(options),
    sessions: (query) => readSessions({ connection, pause }, query),
  }
  return {
    summarize: createUsageReports({ source, pause }),
    requests: (query) => readRequests({ connection, pause }, query),
    spent: (since, until) => readSpending({ connection, pause }, since, until),
  }
}
