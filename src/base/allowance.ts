/** Lets through `most` at once, and one more after each `everyMs` in which nobody came. */
export type Allowance = () => boolean

/** `now` is in milliseconds, monotonic. */
export const createAllowance = (most: number, everyMs: number, now: () => number): Allowance => {
  /** When the last of those that were let through is forgotten. */
  let fullUntil = Number.NEGATIVE_INFINITY
  return () => {
    const at = now()
    const next = Math.max(fullUntil, at) + everyMs
    if (next - at > most * everyMs) return false
    fullUntil = next
    return true
  }
}
