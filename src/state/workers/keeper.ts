import { afterCall, type Rate } from '../../base/rate-limiter.ts'
import type { SharedState } from '../shared-state.ts'

/** Keeps what all workers of one server share, in the memory of their parent (OP-K7). */

export interface KeeperOptions {
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Milliseconds since 1970. */
  readonly date: () => number
  /** Most buckets that are kept: addresses are endless. */
  readonly mostBuckets?: number
}

type Sums = NonNullable<Awaited<ReturnType<SharedState['read']>>>

interface Account extends Sums {
  readonly until: number
}

const defaultMostBuckets = 10_000
/** Requests may end after their day. */
const keptAfterMs = 86_400_000
const forgetEveryMs = 60_000

const none: Sums = { tokens: 0, requests: 0, cost: 0 }

/** Each operation is done when its promise is made: no other one comes between. */
export const createKeeper = ({ now, date, mostBuckets = defaultMostBuckets }: KeeperOptions): SharedState => {
  /** When each bucket is full again; least recently used first. */
  const fullAt = new Map<string, number>()
  const accounts = new Map<string, Account>()
  let forgetAt = 0

  /** A full bucket is like none. Without a full one, the least recently used is forgotten. */
  const makeSpace = (at: number): void => {
    if (fullAt.size < mostBuckets) return
    let [oldest] = fullAt.keys()
    for (const [bucket, time] of fullAt) {
      if (time > at) continue
      oldest = bucket
      break
    }
    if (oldest !== undefined) fullAt.delete(oldest)
  }
  const forgetAccounts = (): void => {
    const at = date()
    if (at < forgetAt) return
    forgetAt = at + forgetEveryMs
    for (const [name, { until }] of accounts) if (until + keptAfterMs < at) accounts.delete(name)
  }
  const sumsOf = (account: string): Sums => {
    const { tokens, requests, cost } = accounts.get(account) ?? none
    return { tokens, requests, cost }
  }
  return {
    kind: 'workers',
    async take(bucket: string, rate: Rate) {
      const at = now()
      const before = fullAt.get(bucket) ?? at
      const next = afterCall(before, at, rate)
      if (next !== undefined) {
        if (!fullAt.delete(bucket)) makeSpace(at)
        fullAt.set(bucket, next)
      }
      return { isAllowed: next !== undefined, fullInMs: Math.max((next ?? before) - at, 0) }
    },
    read: async (account) => sumsOf(account),
    async add(account, used, until) {
      forgetAccounts()
      const { tokens, requests, cost } = sumsOf(account)
      const sums = { tokens: tokens + used.tokens, requests: requests + used.requests, cost: cost + used.cost }
      accounts.set(account, { ...sums, until })
      return sums
    },
    isUp: () => true,
    onChange: () => {},
    end: async () => {},
  }
}
