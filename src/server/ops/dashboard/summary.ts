import type { Degradation } from '../../../upstreams/upstream.ts'
import type { UsageReport } from '../../../usage/usage-report.ts'

/** The answer of `/dashboard/api/summary`: a report of the usage, and what the page shows next to it. */
export interface Summary extends UsageReport {
  readonly upstream: string
  readonly degraded: readonly Degradation[]
  /** Milliseconds since 1970; absent with a history. Without one, figures begin with the server's start. */
  readonly startedAt?: number
  /** The client whose figures these are; absent if they are all clients'. */
  readonly client?: string
  /** Whether the reader can log out. */
  readonly hasSession: boolean
}
