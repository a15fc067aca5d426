import type { SlotRange } from './periods.ts'
import type { Sums } from './sums.ts'
import type { UsageFilter } from './usage-report.ts'

/** What reports group by, in the history and in memory. */
export type UsageColumn = 'slot' | 'model' | 'upstream' | 'client' | 'domain' | 'error'

/** Sums of the requests that have the same values; a name that is not known is empty. */
export interface GroupedSums {
  readonly values: readonly (string | number)[]
  readonly sums: Sums
}

export interface SessionSums {
  readonly session: string
  readonly subagentRequests: number
  /** Milliseconds since 1970. */
  readonly lastAt: number
  /** With `wantsModels`, one for each upstream and model, and otherwise one. */
  readonly parts: readonly GroupedSums[]
}

export interface SessionQuery extends UsageFilter, SlotRange {
  readonly limit?: number | undefined
  readonly wantsModels: boolean
}

/** Where reports read: the history, or the last requests in memory. */
export interface UsageSource {
  /** The slots that have requests, and perhaps more; undefined without requests. */
  extent(): SlotRange | undefined
  sums(range: SlotRange, columns: readonly UsageColumn[], filter: UsageFilter): readonly GroupedSums[]
  /** Newest first. */
  sessions(query: SessionQuery): Promise<readonly SessionSums[]>
}
