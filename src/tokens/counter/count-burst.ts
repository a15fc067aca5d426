export type CountBurst = ReturnType<typeof startBurst>

/** Does the work after so many milliseconds; the function that it returns cancels it. */
export type After = (milliseconds: number, work: () => void) => () => void

interface BurstOptions {
  /** Milliseconds from the first question to the last answer. */
  readonly limitMs: number
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly after: After
  /** Called when the time is over and counts are missing. */
  readonly onLate: () => void
}

/** Later questions than this share of the time make a burst of their own. */
const openShare = 0.5
/** Answers wait this long for one more question: those of one `/context` come a few milliseconds apart. */
const quietMs = 50

/**
 * Counts that are asked for at once. Claude Code asks 25 times for one `/context` and subtracts the answers from
 * each other: the upstream's count of one and our estimate of another would give it a tool that costs less than
 * nothing. So all of a burst are the upstream's counts, or all are estimates.
 * Begins with the first question, which is to join it at once.
 */
export const startBurst = ({ limitMs, now, after, onLate }: BurstOptions) => {
  const closesAt = now() + limitMs * openShare
  const failure = new AbortController()
  const end = Promise.withResolvers<void>()
  let isOver = false
  let pending = 0
  let cancelQuiet = (): void => {}

  const finish = (): void => {
    isOver = true
    cancelLimit()
    cancelQuiet()
    end.resolve()
  }
  /** Gives every question of the burst its estimate. */
  const fail = (): void => {
    if (isOver) return
    finish()
    failure.abort()
  }
  const cancelLimit = after(limitMs, () => {
    if (pending === 0) return finish()
    onLate()
    fail()
  })
  const settled = (): void => {
    pending -= 1
    if (pending === 0 && !isOver) cancelQuiet = after(quietMs, finish)
  }

  return {
    /** Aborts when the burst has failed. */
    signal: failure.signal,
    isOpen: () => !isOver && now() < closesAt,
    fail,
    /** Resolves with the work's count when all of the burst have theirs; with undefined where it is to be estimated. */
    async join(work: () => Promise<number | undefined>): Promise<number | undefined> {
      cancelQuiet()
      pending += 1
      const count = await work().finally(settled)
      if (count === undefined) return undefined
      await end.promise
      return failure.signal.aborted ? undefined : count
    },
  }
}
