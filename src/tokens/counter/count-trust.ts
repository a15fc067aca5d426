/** Whether an upstream's counts of one model are asked for at all. */
export interface CountTrust {
  isRefused(): boolean
  /** The upstream itself says that it does not count: for good. */
  refuse(reason: string | undefined): void
  /** One of its counts was not believed: two of them, and nobody asks for a while. */
  doubt(reason: string): void
}

/**
 * For how long one doubt waits for a second, and for how long two are believed. It is our estimate
 * that doubts, and it may be the one that is wrong.
 */
const doubtMs = 10 * 60_000

/** The clock is in milliseconds, monotonic. Each time that trust ends, it is told why. */
export const createCountTrust = (now: () => number, onEnd: (reason: string | undefined) => void): CountTrust => {
  let refusedUntil = Number.NEGATIVE_INFINITY
  let doubtedAt = Number.NEGATIVE_INFINITY
  const isRefused = (): boolean => now() < refusedUntil
  const refuseUntil = (end: number, reason: string | undefined): void => {
    if (isRefused()) return
    refusedUntil = end
    onEnd(reason)
  }
  return {
    isRefused,
    refuse: (reason) => refuseUntil(Number.POSITIVE_INFINITY, reason),
    doubt(reason) {
      if (now() - doubtedAt < doubtMs) refuseUntil(now() + doubtMs, reason)
      doubtedAt = now()
    },
  }
}
