/**
 * Allows `most` calls at once and then one per `everyMs`; unused ones add up, to at most `most`. `now` is monotonic,
 * in milliseconds.
 */
export const createRateLimiter = (most: number, everyMs: number, now: () => number) => {
  /** When the bucket is full again: all allowed calls have expired. */
  let fullUntil = Number.NEGATIVE_INFINITY
  return (): boolean => {
    const at = now()
    const next = Math.max(fullUntil, at) + everyMs
    if (next - at > most * everyMs) return false
    fullUntil = next
    return true
  }
}
