/**
 * Lets through `most` at once, and one more after each `everyMs` in which nobody came. `now` is in milliseconds,
 * monotonic.
 */
export const createRateLimiter = (most: number, everyMs: number, now: () => number) => {
  /** When the last of those that were let through is forgotten. */
  let fullUntil = Number.NEGATIVE_INFINITY
  return (): boolean => {
    const at = now()
    const next = Math.max(fullUntil, at) + everyMs
    if (next - at > most * everyMs) return false
    fullUntil = next
    return true
  }
}
