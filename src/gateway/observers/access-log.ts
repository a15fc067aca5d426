import type { LogFields, Logger } from '../../base/logger.ts'
import type { RequestObserver, RequestRecord } from '../request-record.ts'

const rounded = (milliseconds: number | undefined): number | undefined =>
  milliseconds === undefined ? undefined : Math.round(milliseconds)

/** The fields of a request's log line; docs/logging.md describes them. */
export const toAccessFields = (record: RequestRecord): LogFields => ({
  requestId: record.requestId,
  upstreamRequestId: record.upstreamRequestId,
  method: record.method,
  path: record.path,
  // Other upstreams send the same key for each domain.
  domain: record.credential && record.domain,
  credential: record.credential,
  client: record.client,
  clientIp: record.clientIp,
  userAgent: record.userAgent,
  session: record.session,
  status: record.status,
  model: record.model,
  used: record.used,
  stream: record.isStream,
  class: record.requestClass,
  stop: record.stopReason,
  toolCalls: record.toolCalls || undefined,
  inputTokens: record.usage?.input_tokens,
  cacheReadTokens: record.usage?.cache_read_input_tokens,
  cacheWriteTokens: record.usage?.cache_creation_input_tokens,
  cacheClass: record.cacheClass,
  cacheExpectedTokens: record.cacheExpectedTokens,
  cacheMissedTokens: record.cacheMissedTokens,
  cacheReachUnits: record.cacheReachUnits,
  outputTokens: record.usage?.output_tokens,
  countedTokens: record.countedTokens,
  cost: record.cost,
  cacheCost: record.cacheCost,
  attempts: record.attempts > 1 ? record.attempts : undefined,
  searches: record.searches,
  searchErrors: record.searchErrors || undefined,
  searchMs: rounded(record.searchMs),
  searchProvider: record.searchProvider,
  queuedMs: rounded(record.queuedMs),
  firstEventMs: rounded(record.firstEventMs),
  durationMs: rounded(record.durationMs),
  limit: record.limit,
  error: record.errorType,
  reason: record.errorReason,
})

/** Logs one line for each request. No observers if warnings, the level of failures, are not logged. */
export const accessLogObservers = (log: Logger): readonly RequestObserver[] => {
  if (!log.isEnabled('warn')) return []
  return [
    (record) => {
      const level = record.outcome === 'failed' ? 'warn' : record.isWaitingSignIn ? 'debug' : 'info'
      if (log.isEnabled(level)) log[level](`request.${record.outcome}`, toAccessFields(record))
    },
  ]
}
