/** Allows `most` calls at once and then one per `everyMs`; unused ones add up, to at most `most`. */
export interface Rate {
  readonly most: number
  readonly everyMs: number
}

/** Milliseconds: sums of fractions are not exact. */
const roundingMs = 1e-6

/** The calls that a bucket allows at this time; `fullAt` is the time when all used calls have expired. */
export const callsLeft = (fullAt: number, at: number, { most, everyMs }: Rate): number =>
  most - Math.max(fullAt - at - roundingMs, 0) / everyMs

/** The time when the bucket is full after one more call; undefined if it does not allow one. */
export const afterCall = (fullAt: number, at: number, rate: Rate): number | undefined =>
  callsLeft(fullAt, at, rate) < 1 ? undefined : Math.max(fullAt, at) + rate.everyMs

/** One bucket. `now` is monotonic, in milliseconds. */
export const createRateLimiter = (most: number, everyMs: number, now: () => number) => {
  let fullAt = Number.NEGATIVE_INFINITY
  return (): boolean => {
    const next = afterCall(fullAt, now(), { most, everyMs })
    if (next === undefined) return false
    fullAt = next
    return true
  }
}
