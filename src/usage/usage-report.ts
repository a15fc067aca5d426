/** Reports of what was used: their questions and answers (OP-U3). */

/** What a report has a row for. */
export const usageKeys = [
  'day',
  'week',
  'month',
  'hour',
  'model',
  'upstream',
  'client',
  'domain',
  'session',
  'error',
] as const

export type UsageKey = (typeof usageKeys)[number]

/** Tokens of one or more requests, as the upstream counted them. */
interface UsedTokens {
  /** Neither read from a cache nor written to one. */
  readonly inputTokens: number
  readonly cacheReadTokens: number
  /** Includes those for an hour. */
  readonly cacheWriteTokens: number
  readonly cacheWrite1hTokens: number
  readonly outputTokens: number
}

/** Returns undefined if there is no price. */
export type PriceOf = (upstream: string, model: string, tokens: UsedTokens) => number | undefined

export interface UsageFilter {
  /** A part of the model's name, in any case. */
  readonly model?: string | undefined
  /** The client's whole name. */
  readonly client?: string | undefined
}

export interface UsageQuery extends UsageFilter {
  readonly by: UsageKey
  /** Milliseconds since 1970. Reports round it down to a quarter of an hour. */
  readonly since: number
  /** Milliseconds since 1970; this time itself is excluded. Reports round it up. */
  readonly until: number
  /** For days and hours: a name of the IANA database, such as `Europe/Berlin`. */
  readonly timezone: string
  /** Most rows: the last ones of a time, the largest ones of other keys, the newest sessions. */
  readonly limit?: number | undefined
  /** Adds figures for charts, at equal distances. */
  readonly hasSeries?: boolean | undefined
  /** Computes the cost again, instead of the recorded one (OP-C4). */
  readonly priceOf?: PriceOf | undefined
  readonly currency?: string | undefined
}

/** Estimates from a histogram, in milliseconds; absent if there are no times. */
export interface Percentiles {
  readonly p50?: number
  readonly p95?: number
}

export interface UsageFigures {
  readonly requests: number
  /** Because of the server, the upstream or the configuration. */
  readonly failed: number
  /** Because of the request, the rate, a budget or a missing permission. */
  readonly refused: number
  /** By a client that disconnected. */
  readonly cancelled: number
  /** Neither read from a cache nor written to one. */
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly outputTokens: number
  /** Share of the input that came from a cache, with 3 decimals; absent without input (OP-U2). */
  readonly cacheHitRate?: number
  /** Estimate; absent if no request has a price. */
  readonly cost?: number
  /** Requests that used an upstream and have no price. */
  readonly unpriced: number
  readonly firstEventMs: Percentiles
  readonly durationMs: Percentiles
}

export interface UsageRow extends UsageFigures {
  /** `2026-11-29`, `2026-W48`, `2026-11`, `2026-11-29T13:00+01:00`, or a name; `(none)` for requests without one. */
  readonly key: string
  /** Of a session: its sub-agents' requests, and the start of its last request in ISO 8601. */
  readonly subagentRequests?: number
  readonly lastAt?: string
}

export interface UsagePoint extends UsageFigures {
  /** Start in ISO 8601. */
  readonly at: string
}

/** A point for each step of the whole range, also without requests. */
export interface UsageSeries {
  readonly step: 'quarter' | 'hour' | 'day'
  readonly points: readonly UsagePoint[]
}

export interface UsageReport {
  /** ISO 8601, as rounded. */
  readonly since: string
  readonly until: string
  readonly timezone: string
  readonly currency: string
  readonly by: UsageKey
  readonly rows: readonly UsageRow[]
  /** All requests of the range that the filter lets pass, also those that no row counts. */
  readonly total: UsageFigures
  readonly series?: UsageSeries
}

/** One request. Members that are not known are absent. */
export interface RequestRow {
  readonly id: string
  /** Milliseconds since 1970 at the start. */
  readonly at: number
  readonly endpoint: string
  readonly upstream?: string
  readonly model?: string
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
  readonly cacheWrite1hTokens?: number
  readonly outputTokens?: number
  readonly firstEventMs?: number
  readonly durationMs: number
  readonly attempts: number
  readonly cost?: number
  /** Whether it read the prompt cache, or why not; a later version may know others. Absent without an audit. */
  readonly cacheClass?: string
  readonly cacheExpectedTokens?: number
  readonly cacheMissedTokens?: number
  /** What the missed tokens cost more, in the currency of `cost`. */
  readonly cacheCost?: number
}

export interface RequestQuery extends UsageFilter {
  /** `next` of the page before; the newest requests without it. */
  readonly before?: string | undefined
  readonly limit: number
  /** Milliseconds since 1970. */
  readonly since?: number | undefined
  readonly until?: number | undefined
}

/** Newest first. */
export interface RequestPage {
  readonly requests: readonly RequestRow[]
  /** Cursor of the next page, which has older requests; absent at the end. A page may have fewer rows than the limit. */
  readonly next?: string
}

/** Reads in short turns: other work of the process waits for a few milliseconds at most (OP-D3). */
export interface UsageReader {
  /** Rejects with a 400 for an unknown key or time zone, and with a 503 if the history cannot be read at present. */
  summarize(query: UsageQuery): Promise<UsageReport>
  /** Rejects with a 400 for an invalid cursor, and with a 503. */
  requests(query: RequestQuery): Promise<RequestPage>
}
