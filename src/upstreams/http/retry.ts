import { abortedError, type GatewayError, toGatewayError } from '../../base/errors.ts'
import type { Logger } from '../../base/logger.ts'
import type { CallContext, UpstreamLog } from '../upstream.ts'
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

/**
 * Calls `attempt` until it succeeds, fails permanently, or no retries are left. Use it only before the client has
 * received anything. Rejects with the last try's GatewayError.
 */
export const withRetries = async <T>(
  attempt: () => Promise<T>,
  policy: RetryPolicy,
  signal: AbortSignal,
  log: UpstreamLog,
): Promise<T> => {
  let waitedMs = 0
  for (let tried = 0; ; tried += 1) {
    try {
      return await attempt()
    } catch (thrown) {
      const error = toGatewayError(thrown)
      if (tried >= policy.maxRetries || signal.aborted || !mayRetry(error)) throw error
      const waitMs = delayMs(error, tried, policy.random)
      waitedMs += waitMs
      if (waitedMs > longestWaitMs) throw error
      log('upstream.retry', {
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

type RetriedCall = Pick<CallContext, 'requestId' | 'signal' | 'onAttempt' | 'onAttemptFailed'>

/** Makes the function that sends a call's request as often as the policy allows, and counts each time. */
export const createRetrying =
  (policy: RetryPolicy, log: Logger) =>
  <T>(attempt: () => Promise<T>, { requestId, signal, onAttempt, onAttemptFailed }: RetriedCall): Promise<T> => {
    const counted = (): Promise<T> => {
      onAttempt?.()
      const answer = attempt()
      if (onAttemptFailed === undefined) return answer
      return answer.catch((thrown: unknown) => {
        onAttemptFailed(toGatewayError(thrown))
        throw thrown
      })
    }
    return withRetries(counted, policy, signal, (event, fields) => log.warn(event, { requestId, ...fields }))
  }
