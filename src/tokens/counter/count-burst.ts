export type CountBurst = ReturnType<typeof startBurst>

/** Does the work after the given milliseconds; returns a function that cancels it. */
export type After = (milliseconds: number, work: () => void) => () => void

interface BurstOptions {
  /** Milliseconds from the first call to the last result. */
  readonly limitMs: number
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly after: After
  /** Called when the time is over and results are missing. */
  readonly onLate: () => void
}

/** After this share of the time, new calls start another burst. */
const openShare = 0.5
/** Results wait this long for one more call: those of one `/context` are a few milliseconds apart. */
const quietMs = 50

/**
 * Counts that a client requests together. Claude Code sends 25 requests for one `/context` and subtracts the results
 * from each other. If some were the upstream's counts and others our estimates, a tool could cost less than nothing. So
 * all results of a burst are the upstream's counts, or all are estimates. The first call must join at once.
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
  /** Makes every call of the burst use its estimate. */
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
    /** Resolves when all calls of the burst have results: with the work's count, or undefined to use the estimate. */
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
