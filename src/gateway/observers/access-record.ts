import { clientClosedStatus, type GatewayError } from '../../base/errors.ts'
import type { LogFields } from '../../base/logger.ts'
import type { GatewayEvent } from '../events.ts'

/** What is told of a request at its end: figures and names, never words. docs/logging.md has the form. */

/** What is known of one request, as it becomes known. Times are milliseconds of one clock. */
export interface Account {
  readonly requestId: string
  readonly method: string
  readonly path: string
  readonly startedAt: number
  /** Bytes of the body's text, after decoding. */
  bodyBytes?: number
  model?: string
  used?: string | undefined
  isStream?: boolean
  upstreamRequestId?: string
  /** What a count of tokens came to. */
  counted?: number
  /** The gateway's part, where the request came that far. */
  story?: GatewayEvent
  firstEventMs?: number | undefined
  /** What the client was told, or would have been. */
  error?: GatewayError
  /** What was sent. */
  status?: number
  /** Its status has been sent, its end has not. */
  isStreaming?: boolean
  /** The client went in the middle of a stream. */
  hasLeft?: boolean
}

/**
 * How a request may end: with what was asked for; with a refusal, for a fault of the client's; without a client;
 * or by a failure of ours, the upstream's, or of what the server was set up with.
 */
export type Outcome = 'answered' | 'refused' | 'cancelled' | 'failed'

/** Long enough for every path that there is, and for most that there are not. */
const loggedPathCharacters = 100

/** Where a request was sent: without its query, which may hold anything, and without what a terminal obeys. */
export const loggedPath = (url: string): string => {
  const host = url.indexOf('://')
  const start = host === -1 ? 0 : url.indexOf('/', host + '://'.length)
  if (start === -1) return '/'
  const end = url.slice(start).search(/[?#]/)
  const path = url.slice(start, end === -1 ? undefined : start + end)
  return path.slice(0, loggedPathCharacters).replace(/[^\x21-\x7e]/g, '?')
}

/** Who asked for what cannot be had. Keys, quotas and models that the upstream has not are the owner's affair. */
const isFaultOfRequest = ({ type }: GatewayError): boolean =>
  type === 'invalid_request_error' || type === 'request_too_large'

/** From here on it is the server's side that failed. */
const internalStatus = 500
/** A stream's status says that all is well, whatever comes after it. */
const firstFailureStatus = 400

export const outcomeOf = ({ story, error, status = 0, hasLeft }: Account): Outcome => {
  if (story?.type === 'cancelled' || [error?.status, status].includes(clientClosedStatus)) return 'cancelled'
  if (error === undefined) return hasLeft === true && story?.type !== 'answered' ? 'cancelled' : 'answered'
  if (status < firstFailureStatus || status >= internalStatus) return 'failed'
  return story === undefined || isFaultOfRequest(error) ? 'refused' : 'failed'
}

const errorFields = (outcome: Outcome, { error }: Account): LogFields =>
  error === undefined || outcome === 'cancelled' ? {} : { error: error.type, reason: error.reason }

const rounded = (milliseconds: number | undefined): number | undefined =>
  milliseconds === undefined ? undefined : Math.round(milliseconds)

/** The fields of a request's one record. */
export const toAccessFields = (account: Account, outcome: Outcome, durationMs: number): LogFields => {
  const { story, error } = account
  return {
    requestId: account.requestId,
    upstreamRequestId: account.upstreamRequestId ?? error?.upstreamRequestId,
    method: account.method,
    path: account.path,
    status: outcome === 'cancelled' ? clientClosedStatus : account.status,
    model: account.model,
    used: account.used,
    stream: account.isStream,
    stop: story?.stopReason,
    inputTokens: story?.usage?.input_tokens,
    cacheReadTokens: story?.usage?.cache_read_input_tokens,
    cacheWriteTokens: story?.usage?.cache_creation_input_tokens,
    outputTokens: story?.usage?.output_tokens,
    countedTokens: account.counted,
    firstEventMs: rounded(account.firstEventMs),
    durationMs: rounded(durationMs),
    ...errorFields(outcome, account),
  }
}
