import { afterCall, callsLeft, type Rate } from '../../base/rate-limiter.ts'

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

const defaultMostClients = 10_000
const minuteMs = 60_000
const secondMs = 1000

const toRate = ({ perMinute, burst }: RequestRate): Rate => ({
  most: perMinute + burst,
  everyMs: minuteMs / perMinute,
})

export const createRateLimit = ({ now, mostClients = defaultMostClients }: RateLimitOptions) => {
  /** When the bucket of each client is full again; least recently used first. */
  const fullAt = new Map<string, number>()
  /** A full bucket is like none. Without a full one, the least recently used client is forgotten. */
  const forgetOne = (at: number): void => {
    let oldest: string | undefined
    for (const [client, time] of fullAt) {
      oldest ??= client
      if (time > at) continue
      oldest = client
      break
    }
    if (oldest !== undefined) fullAt.delete(oldest)
  }
  const keep = (client: string, time: number, at: number): void => {
    if (!fullAt.delete(client) && fullAt.size >= mostClients) forgetOne(at)
    fullAt.set(client, time)
  }
  return {
    /** Counts one request of a client, if its rate allows it. */
    take(client: string, requestRate: RequestRate): RateState {
      const at = now()
      const rate = toRate(requestRate)
      const before = fullAt.get(client) ?? at
      const next = afterCall(before, at, rate)
      if (next !== undefined) keep(client, next, at)
      const full = Math.max(next ?? before, at)
      const left = callsLeft(full, at, rate)
      return {
        isAllowed: next !== undefined,
        remaining: Math.max(Math.floor(left), 0),
        waitSeconds: Math.ceil((Math.max(1 - left, 0) * rate.everyMs) / secondMs),
        secondsUntilFull: (full - at) / secondMs,
      }
    },
  }
}
