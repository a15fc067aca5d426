import { callsLeft, type Rate } from '../../base/rate-limiter.ts'
import { createBuckets } from '../../state/buckets.ts'
import type { TakenCall } from '../../state/shared-state.ts'

/** Requests a minute for each client (OP-L1). */

export interface RequestRate {
  readonly perMinute: number
  /** Requests above `perMinute` that an idle client may send at once. */
  readonly burst: number
}

/** The state of a client's bucket after one request. */
export interface RateState {
  readonly isAllowed: boolean
  /** Whole requests that the client may send now. */
  readonly remaining: number
  /** Whole seconds until the client may send one more; 0 if it may now. */
  readonly waitSeconds: number
  readonly secondsUntilFull: number
}

interface RateLimitOptions {
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Most clients that are remembered: addresses are endless. */
  readonly mostClients?: number
}

const minuteMs = 60_000
const secondMs = 1000

export const toRate = ({ perMinute, burst }: RequestRate): Rate => ({
  most: perMinute + burst,
  everyMs: minuteMs / perMinute,
})

export const toRateState = ({ isAllowed, fullInMs }: TakenCall, rate: Rate): RateState => {
  const left = callsLeft(fullInMs, 0, rate)
  return {
    isAllowed,
    remaining: isAllowed ? Math.max(Math.floor(left), 0) : 0,
    // A state that rounds otherwise may refuse the last call of a bucket: it has one a moment later.
    waitSeconds: Math.max(Math.ceil((Math.max(1 - left, 0) * rate.everyMs) / secondMs), isAllowed ? 0 : 1),
    secondsUntilFull: fullInMs / secondMs,
  }
}

export const createRateLimit = ({ now, mostClients }: RateLimitOptions) => {
  const buckets = createBuckets({ now, ...(mostClients !== undefined && { mostBuckets: mostClients }) })
  return {
    /** Counts one request of a client, if its rate allows it. */
    take(client: string, requestRate: RequestRate): RateState {
      const rate = toRate(requestRate)
      return toRateState(buckets.take(client, rate), rate)
    },
  }
}
