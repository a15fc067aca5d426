import type { Report } from '../gateway/observers/report.ts'
import type { UsageReader } from './usage-report.ts'

/** What a client used in a time, for its budget (OP-L11). */
interface Spending {
  readonly client: string
  readonly requests: number
  /** As budgets count them (OP-L7). */
  readonly tokens: number
  readonly cost: number
}

/** The history: written by a report, read by the dashboard and at the start by the budgets. */
export interface UsageStore extends UsageReader {
  /** Writes the requests' figures. */
  readonly writer: Report
  /** Milliseconds since 1970. */
  spent(since: number, until: number): readonly Spending[]
}
