/** How long a model's counts take, so that nobody waits for what will be too late. */
export interface CountSpeed {
  /** Whether so many calls, one after the other, would use up the time that is left. */
  isTooSlow(calls: number, leftMs: number): boolean
  took(milliseconds: number): void
  /** Of a call that was ended before its answer. */
  tookAtLeast(milliseconds: number): void
  /** Whether it is time to see if it has become faster; true once, and then not for a while. */
  isTrialDue(): boolean
}

/** How old the last measurement may be before a call is spent on another. */
const trialMs = 30_000

/** Of one model, of which nothing is known: it is taken for fast. The clock is in milliseconds, monotonic. */
export const createCountSpeed = (now: () => number): CountSpeed => {
  let lastMs = 0
  let measuredAt = Number.NEGATIVE_INFINITY
  const took = (milliseconds: number): void => {
    lastMs = milliseconds
    measuredAt = now()
  }
  return {
    isTooSlow: (calls, leftMs) => calls * lastMs >= leftMs,
    took,
    tookAtLeast(milliseconds) {
      if (milliseconds > lastMs) took(milliseconds)
    },
    isTrialDue() {
      const isDue = now() - measuredAt >= trialMs
      if (isDue) measuredAt = now()
      return isDue
    },
  }
}
