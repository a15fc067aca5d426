import { networkKey } from '../../base/ip-range.ts'
import { setMostRecent } from '../../base/lru.ts'
import { afterCall } from '../../base/rate-limiter.ts'
import { sha256Hex } from '../../runtime/hash.ts'
import type { SharedState, TakenCall } from '../../state/shared-state.ts'
import { type RateState, type RequestRate, toRate, toRateState } from './rate-limit.ts'

/** A rate that servers share (OP-R1). */
export interface SharedRate {
  /** Counts one request of a client for all servers. Undefined if the state does not answer. */
  take(client: string, requestRate: RequestRate): Promise<RateState | undefined>
  /** Counts one request for this server alone, from the last known state of the client's bucket on. */
  takeAlone(client: string, requestRate: RequestRate): RateState
}

interface SharedRateOptions {
  readonly state: Pick<SharedState, 'take' | 'onChange'>
  /** Begins the names of the buckets. */
  readonly prefix: string
  /** Milliseconds, monotonic. */
  readonly now: () => number
}

/** What this server knows of a bucket. */
interface Level {
  readonly fullAt: number
  /** The state may know less: it has no calls of an outage, and a new one has none at all. */
  readonly isOwn: boolean
}

/** Addresses are endless. */
const mostBuckets = 10_000
const hashDigits = 16

/** A client's network without its address, which must not reach the state (OP-R2). */
export const networkHash = (address: string | undefined): string =>
  sha256Hex(networkKey(address ?? '') ?? '').slice(0, hashDigits)

/**
 * The law: this server never allows more calls than the capacity and the rate times the elapsed time, also across an
 * outage; so n servers never allow more than n times that. After an outage, the own bucket must therefore also have a
 * call, until the shared one is as empty as the own one.
 */
export const createSharedRate = ({ state, prefix, now }: SharedRateOptions): SharedRate => {
  const levels = new Map<string, Level>()
  const keep = (bucket: string, level: Level): void => setMostRecent(levels, bucket, level, mostBuckets)
  state.onChange((isUp) => {
    if (isUp) return
    for (const [bucket, { fullAt }] of levels) levels.set(bucket, { fullAt, isOwn: true })
  })

  const joinOwn = (bucket: string, rate: ReturnType<typeof toRate>, taken: TakenCall): TakenCall => {
    const at = now()
    const shared = at + taken.fullInMs
    const level = levels.get(bucket)
    if (level?.isOwn !== true || level.fullAt <= at) {
      keep(bucket, { fullAt: shared, isOwn: false })
      return taken
    }
    const own = taken.isAllowed ? afterCall(level.fullAt, at, rate) : level.fullAt
    if (own === undefined) return { isAllowed: false, fullInMs: level.fullAt - at }
    const fullAt = Math.max(own, shared)
    keep(bucket, { fullAt, isOwn: own > shared })
    return { isAllowed: taken.isAllowed, fullInMs: fullAt - at }
  }
  return {
    async take(client, requestRate) {
      const bucket = prefix + client
      const rate = toRate(requestRate)
      const taken = await state.take(bucket, rate)
      return taken && toRateState(joinOwn(bucket, rate, taken), rate)
    },
    takeAlone(client, requestRate) {
      const bucket = prefix + client
      const rate = toRate(requestRate)
      const at = now()
      const before = levels.get(bucket)?.fullAt ?? at
      const next = afterCall(before, at, rate)
      const fullAt = next ?? before
      keep(bucket, { fullAt, isOwn: true })
      return toRateState({ isAllowed: next !== undefined, fullInMs: Math.max(fullAt - at, 0) }, rate)
    },
  }
}
