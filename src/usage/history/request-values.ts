import type { RequestRow } from '../usage-report.ts'
import type { Connection, Values } from './connection.ts'
import { addedColumns } from './schema.ts'

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
  ...addedColumns.map(({ name }) => name),
] as const

/** Not by a pragma: that does not see what another process has just added. */
const tableDefinition = "SELECT sql FROM sqlite_schema WHERE name = 'request'"

/** Columns that a file of an older program does not have. */
export const missingColumns = (connection: Connection): readonly (typeof addedColumns)[number][] => {
  const [[definition] = []] = connection.rows(tableDefinition)
  return addedColumns.filter(({ name }) => !String(definition).includes(` ${name} `))
}

/** The columns for a query, also of a file that is only read, and that an older program wrote. */
export const requestColumnsOf = (connection: Connection): string => {
  const missing = missingColumns(connection).map(({ name }): string => name)
  return columns.map((name) => (missing.includes(name) ? `NULL AS ${name}` : name)).join(', ')
}

/** A request that is in the table already stays as it is: no request counts twice. */
export const insertRequest = `INSERT OR IGNORE INTO request (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`

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
  row.cacheClass ?? null,
  row.cacheExpectedTokens ?? null,
  row.cacheMissedTokens ?? null,
  row.cacheCost ?? null,
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
  readonly cache_class: string | null
  readonly cache_expected: number | null
  readonly cache_missed: number | null
  readonly cache_cost: number | null
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

/** Known only if the cache was audited. */
const auditOf = ({ cache_class, cache_expected, cache_missed, cache_cost }: StoredRequest) =>
  cache_class !== null && {
    cacheClass: cache_class,
    ...(cache_expected !== null && { cacheExpectedTokens: cache_expected }),
    ...(cache_missed !== null && { cacheMissedTokens: cache_missed }),
    ...(cache_cost !== null && { cacheCost: cache_cost }),
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
    ...auditOf(stored),
  }
}
