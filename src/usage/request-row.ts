import type { Endpoint } from '../gateway/endpoint.ts'
import type { RequestRecord } from '../gateway/request-record.ts'
import { wholeFigure } from '../gateway/token-figures.ts'
import type { RequestRow } from './usage-report.ts'

/** Requests to a model, as the history and the dashboard list them: figures and names, never words (OP-H2). */

/** Endpoints whose requests use a model. A count of tokens uses none, and would hide its session's requests. */
const modelEndpoints: ReadonlySet<Endpoint> = new Set([
  'messages',
  'chat_completions',
  'responses',
  'embeddings',
  'batches',
])

const unauthorizedStatus = 401

/**
 * Requests with a wrong token are left out: they are not a client's, and any program could fill the file with them. So
 * are requests that only read a batch or a stored response.
 */
export const isUsage = ({ endpoint, method, status, attempts }: RequestRecord): boolean =>
  modelEndpoints.has(endpoint) && method === 'POST' && (status !== unauthorizedStatus || attempts > 0)

const longestName = 128

/** Characters that control a terminal, a table or the direction of text: a client may have invented the name. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Nearly all names: the search for what is hidden takes ten times as long. */
const usual = /^[ -~]{0,128}$/

const short = (name: string): string => (usual.test(name) ? name : name.slice(0, longestName).replaceAll(hidden, ' '))

const tokensOf = ({ usage }: RequestRecord) =>
  usage && {
    inputTokens: wholeFigure(usage.input_tokens),
    cacheReadTokens: wholeFigure(usage.cache_read_input_tokens),
    cacheWriteTokens: wholeFigure(usage.cache_creation_input_tokens),
    cacheWrite1hTokens: wholeFigure(usage.cache_creation?.ephemeral_1h_input_tokens ?? 0),
    outputTokens: wholeFigure(usage.output_tokens),
  }

/** Known only if the cache was audited. */
const auditOf = ({ cacheClass, cacheExpectedTokens, cacheMissedTokens, cacheCost }: RequestRecord) =>
  cacheClass !== undefined && {
    cacheClass,
    ...(cacheExpectedTokens !== undefined && { cacheExpectedTokens: wholeFigure(cacheExpectedTokens) }),
    ...(cacheMissedTokens !== undefined && { cacheMissedTokens: wholeFigure(cacheMissedTokens) }),
    ...(cacheCost !== undefined && Number.isFinite(cacheCost) && { cacheCost }),
  }

/** Returns undefined for requests that do not belong in the history. */
export const toRequestRow = (record: RequestRecord): RequestRow | undefined => {
  if (!isUsage(record)) return undefined
  const { upstream, client, domain, session, errorType, firstEventMs, cost } = record
  const model = record.used ?? record.model
  return {
    id: record.requestId,
    at: Math.round(record.at),
    endpoint: record.endpoint,
    ...(upstream !== undefined && { upstream }),
    ...(model !== undefined && { model: short(model) }),
    ...(client !== undefined && { client }),
    ...(domain !== undefined && { domain: short(domain) }),
    ...(session !== undefined && { session: short(session) }),
    isSubagent: record.isSubagent,
    status: record.status,
    outcome: record.outcome,
    ...(errorType !== undefined && { error: errorType }),
    isStream: record.isStream ?? false,
    ...tokensOf(record),
    ...(firstEventMs !== undefined && { firstEventMs: wholeFigure(firstEventMs) }),
    durationMs: wholeFigure(record.durationMs),
    attempts: record.attempts,
    ...(cost !== undefined && Number.isFinite(cost) && { cost }),
    ...auditOf(record),
  }
}
