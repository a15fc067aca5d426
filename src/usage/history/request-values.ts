import type { RequestRow } from '../usage-report.ts'
import type { Values } from './connection.ts'

/** Rows of the table `request`. */

const columns = [
  'id',
  'at',
  'slot',
  'endpoint',
  'upstream',
  'model',
  'client',
  'domain',
  'session',
  'subagent',
  'status',
  'outcome',
  'error',
  'stream',
  'input',
  'cache_read',
  'cache_write',
  'cache_write_1h',
  'output',
  'first_event_ms',
  'duration_ms',
  'attempts',
  'cost',
] as const

export const requestColumns = columns.join(', ')
/** A request that is in the table already stays as it is: no request counts twice. */
export const insertRequest = `INSERT OR IGNORE INTO request (${requestColumns}) VALUES (${columns.map(() => '?').join(', ')})`

export const toValues = (row: RequestRow, slot: number): Values => [
  row.id,
  row.at,
  slot,
  row.endpoint,
  row.upstream ?? '',
  row.model ?? '',
  row.client ?? '',
  row.domain ?? '',
  row.session ?? null,
  row.isSubagent ? 1 : 0,
  row.status,
  row.outcome,
  row.error ?? '',
  row.isStream ? 1 : 0,
  row.inputTokens ?? null,
  row.cacheReadTokens ?? null,
  row.cacheWriteTokens ?? null,
  row.cacheWrite1hTokens ?? null,
  row.outputTokens ?? null,
  row.firstEventMs ?? null,
  row.durationMs,
  row.attempts,
  row.cost ?? null,
]

/** A row as SQLite returns it. */
export interface StoredRequest {
  readonly id: string
  readonly at: number
  readonly endpoint: string
  readonly upstream: string
  readonly model: string
  readonly client: string
  readonly domain: string
  readonly session: string | null
  readonly subagent: number
  readonly status: number
  readonly outcome: string
  readonly error: string
  readonly stream: number
  readonly input: number | null
  readonly cache_read: number | null
  readonly cache_write: number | null
  readonly cache_write_1h: number | null
  readonly output: number | null
  readonly first_event_ms: number | null
  readonly duration_ms: number
  readonly attempts: number
  readonly cost: number | null
}

/** The figures are known together. */
const tokensOf = (stored: StoredRequest) =>
  stored.output !== null && {
    inputTokens: stored.input ?? 0,
    cacheReadTokens: stored.cache_read ?? 0,
    cacheWriteTokens: stored.cache_write ?? 0,
    cacheWrite1hTokens: stored.cache_write_1h ?? 0,
    outputTokens: stored.output,
  }

export const toRequestRow = (stored: StoredRequest): RequestRow => {
  const { upstream, model, client, domain, session, error } = stored
  return {
    id: stored.id,
    at: stored.at,
    endpoint: stored.endpoint,
    ...(upstream !== '' && { upstream }),
    ...(model !== '' && { model }),
    ...(client !== '' && { client }),
    ...(domain !== '' && { domain }),
    ...(session !== null && { session }),
    isSubagent: stored.subagent === 1,
    status: stored.status,
    outcome: stored.outcome,
    ...(error !== '' && { error }),
    isStream: stored.stream === 1,
    ...tokensOf(stored),
    ...(stored.first_event_ms !== null && { firstEventMs: stored.first_event_ms }),
    durationMs: stored.duration_ms,
    attempts: stored.attempts,
    ...(stored.cost !== null && { cost: stored.cost }),
  }
}
