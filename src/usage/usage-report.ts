/** What the reports of the usage contain (OP-U3). All figures of money are estimates in the configured currency. */

type UsageKey = 'day' | 'week' | 'month' | 'hour' | 'model' | 'upstream' | 'client' | 'domain' | 'session'

interface UsageQuery {
  /** Milliseconds since 1970; the first that counts, and the first that does not. */
  readonly since: number
  readonly until: number
  readonly by: UsageKey
  /** IANA name, such as `Europe/Berlin`. */
  readonly timezone: string
  readonly model?: string
  readonly client?: string
  /** Most rows; the total counts all. */
  readonly limit?: number
}

/** Milliseconds; undefined if there is no figure. */
interface Percentiles {
  readonly p50?: number
  readonly p95?: number
}

interface UsageFigures {
  readonly requests: number
  readonly failed: number
  readonly cancelled: number
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly outputTokens: number
  /** Part of the input that was read from a cache, with 3 decimals; absent without input (OP-U2). */
  readonly cacheHitRate?: number
  readonly cost?: number
  /** Requests without a known price. */
  readonly unpriced: number
  readonly firstEventMs: Percentiles
  readonly durationMs: Percentiles
}

interface UsageRow extends UsageFigures {
  /** `2026-11-29`, a model's id, a client's name. */
  readonly key: string
}

interface UsageReport {
  /** ISO times. */
  readonly since: string
  readonly until: string
  readonly timezone: string
  readonly currency: string
  readonly by: UsageKey
  readonly rows: readonly UsageRow[]
  readonly total: UsageFigures
}

/** One request, as the history keeps it (OP-H2). */
interface RequestRow {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly endpoint: string
  readonly upstream: string
  readonly model: string
  readonly client?: string
  readonly domain?: string
  readonly session?: string
  readonly isSubagent: boolean
  readonly status: number
  readonly outcome: string
  readonly error?: string
  readonly isStream: boolean
  readonly inputTokens?: number
  readonly cacheReadTokens?: number
  readonly cacheWriteTokens?: number
  readonly outputTokens?: number
  readonly firstEventMs?: number
  readonly durationMs: number
  readonly attempts: number
  readonly cost?: number
}

interface RequestQuery {
  /** Only requests of this client. */
  readonly client?: string
  /** The cursor of the page before; absent for the newest requests. */
  readonly before?: string
  readonly limit: number
}

/** Newest first. */
interface RequestPage {
  readonly requests: readonly RequestRow[]
  /** The cursor of the next page; absent at the end. */
  readonly next?: string
}

/** Reads the usage. Reading never writes (OP-H7). */
export interface UsageReader {
  summarize(query: UsageQuery): UsageReport
  requests(query: RequestQuery): RequestPage
}
