import { abortedError, type GatewayError, toGatewayError } from '../../base/errors.ts'
import type { Logger } from '../../base/logger.ts'
import type { CallContext } from '../upstream.ts'
import type { ResendOnce } from './post.ts'

export interface RetryPolicy {
  /** Retries after the first try; 0 disables them. */
  readonly maxRetries: number
  /** A number from 0 to 1: spreads the retries of many clients. */
  readonly random: () => number
  /** Resolves after that many milliseconds, rejects when the signal aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/** The first wait is at most this long; the limit doubles with each try. */
const baseDelayMs = 500
const maximumDelayMs = 8000
/** If the upstream requests a longer wait, the client gets the error and waits itself. */
const longestRetryAfterSeconds = 10
/** All waits of one request together. After that the client decides, because it does not see these waits. */
const longestWaitMs = 60_000

/** Full jitter: any wait up to the limit. The upstream's `retry-after` has priority. */
const delayMs = (error: GatewayError, attempt: number, random: () => number): number => {
  if (error.retryAfterSeconds !== undefined) return error.retryAfterSeconds * 1000
  return random() * Math.min(baseDelayMs * 2 ** attempt, maximumDelayMs)
}

const mayRetry = (error: GatewayError): boolean =>
  error.retryable && (error.retryAfterSeconds ?? 0) <= longestRetryAfterSeconds

type RetriedCall = Pick<CallContext, 'requestId' | 'signal' | 'onAttempt' | 'onAttemptFailed'>

/**
 * Calls `attempt` until it succeeds, fails permanently, or no retries are left, and counts each time. Use it only before
 * the client has received anything. Rejects with the last try's GatewayError.
 */
export const withRetries = async <T>(
  attempt: () => Promise<T>,
  policy: RetryPolicy,
  { requestId, signal, onAttempt, onAttemptFailed }: RetriedCall,
  log: Pick<Logger, 'warn'>,
): Promise<T> => {
  let waitedMs = 0
  for (let tried = 0; ; tried += 1) {
    try {
      onAttempt?.()
      return await attempt()
    } catch (thrown) {
      const error = toGatewayError(thrown)
      onAttemptFailed?.(error)
      if (tried >= policy.maxRetries || signal.aborted || !mayRetry(error)) throw error
      const waitMs = delayMs(error, tried, policy.random)
      waitedMs += waitMs
      if (waitedMs > longestWaitMs) throw error
      log.warn('upstream.retry', {
        requestId,
        attempt: tried + 1,
        of: policy.maxRetries,
        error: error.type,
        status: error.status,
        waitMs: Math.round(waitMs),
        reason: error.reason,
      })
      await policy.sleep(waitMs, signal).catch((cause: unknown) => {
        throw abortedError(signal, cause)
      })
    }
  }
}

/** The one resend of a call on a new connection; none where the policy allows no retries. */
export const createResendOnce = (
  policy: RetryPolicy,
  log: Logger,
  { requestId, onResend }: Pick<CallContext, 'requestId' | 'onResend'>,
): ResendOnce => ({
  isAllowed: policy.maxRetries > 0,
  onUse() {
    onResend?.()
    log.info('upstream.reconnect', { requestId, reason: 'a kept-alive connection was dead' })
  },
})

/** Makes the function that sends a call's request as often as the policy allows. */
export const createRetrying =
  (policy: RetryPolicy, log: Logger) =>
  <T>(attempt: () => Promise<T>, call: RetriedCall): Promise<T> =>
    withRetries(attempt, policy, call, log)
