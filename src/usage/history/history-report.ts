import { createBatchedReport, type RecordSink } from '../../gateway/observers/batched-report.ts'
import type { Report } from '../../gateway/observers/report.ts'
import { isUsage } from '../request-row.ts'
import type { UsageReportOptions } from '../usage-store.ts'

/** A minute of 170 requests a second. */
const capacity = 10_000
const everyMs = 1000
/** Written in about 3 ms. */
const mostRecords = 200

/** The observer that writes the history, after the answers (OP-H3). */
export const createHistoryReport = (sink: RecordSink, options: UsageReportOptions): Report => {
  const load = async (): Promise<RecordSink> => sink
  const report = createBatchedReport({ ...options, name: 'history', capacity, everyMs, mostRecords, load })
  return {
    ...report,
    observe(record, words) {
      // Probes and lists have no row: they fill no queue, and none of them is lost.
      if (isUsage(record)) report.observe(record, words)
    },
  }
}
