import { afterCall, type Rate } from '../base/rate-limiter.ts'
import type { TakenCall } from './shared-state.ts'

/** Buckets of calls in the memory of this process. */

interface BucketsOptions {
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Most buckets that are remembered: addresses are endless. */
  readonly mostBuckets?: number
}

const defaultMostBuckets = 10_000

export const createBuckets = ({ now, mostBuckets = defaultMostBuckets }: BucketsOptions) => {
  /** When each bucket is full again; least recently used first. */
  const fullAt = new Map<string, number>()
  /** A full bucket is like none. Without a full one, the least recently used bucket is forgotten. */
  const forgetOne = (at: number): void => {
    let oldest: string | undefined
    for (const [bucket, time] of fullAt) {
      oldest ??= bucket
      if (time > at) continue
      oldest = bucket
      break
    }
    if (oldest !== undefined) fullAt.delete(oldest)
  }
  const keep = (bucket: string, time: number, at: number): void => {
    if (!fullAt.delete(bucket) && fullAt.size >= mostBuckets) forgetOne(at)
    fullAt.set(bucket, time)
  }
  return {
    /** Takes one call from a bucket, if it has one. */
    take(bucket: string, rate: Rate): TakenCall {
      const at = now()
      const before = fullAt.get(bucket) ?? at
      const next = afterCall(before, at, rate)
      if (next !== undefined) keep(bucket, next, at)
      return { isAllowed: next !== undefined, fullInMs: Math.max((next ?? before) - at, 0) }
    },
  }
}
