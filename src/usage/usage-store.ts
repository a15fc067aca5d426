import type { BatchedReportOptions, RecordSink } from '../gateway/observers/batched-report.ts'
import type { Report } from '../gateway/observers/report.ts'
import type { UsageReader } from './usage-report.ts'

/** What a client used in a time, for its budget (OP-L11). */
export interface Spending {
  /** Empty where clients have no names. */
  readonly client: string
  readonly requests: number
  /** As budgets count them: a tenth of the tokens from a cache, rounded up for each request (OP-L7). */
  readonly tokens: number
  readonly cost: number
}

export type UsageReportOptions = Pick<BatchedReportOptions, 'defer' | 'losses'>

/** `on` also before the first write. `off`: a newer version or another program wrote the file. */
export type UsageStoreState = 'on' | 'failed' | 'off'

/** The history: written by a report, read by the dashboard, and at the start by the budgets. */
export interface UsageStore extends UsageReader {
  /** Opens the file with the first write. */
  readonly sink: RecordSink
  /** Creates the observer that fills the sink. */
  createReport(options: UsageReportOptions): Report
  /** From and until: milliseconds since 1970, rounded to quarters of an hour. */
  spent(since: number, until: number): Promise<readonly Spending[]>
  state(): UsageStoreState
}
