import { GatewayError } from '../base/errors.ts'

/**
 * Counts that are asked for at once. Claude Code asks 25 times for one `/context` and subtracts the
 * answers from each other: the upstream's count of one and our estimate of another would give it a
 * tool that costs less than nothing. So all of a burst come from the upstream, or all are estimates.
 */
export interface CountBurst {
  /** Ends the burst's calls: its time is up, or one of its counts could not be had. */
  readonly signal: AbortSignal
  /** Whether one more may come in: it should have its share of the time. */
  isOpen(): boolean
  /** Resolves with the work's count once all of the burst have theirs; with undefined once one has failed. */
  join(work: () => Promise<number>): Promise<number | undefined>
}

interface BurstOptions {
  /** Milliseconds from the first question to the last answer. */
  readonly limitMs: number
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Hears of the first failure. */
  readonly onFailure: (error: unknown) => void
}

/** Questions that come later than this share of the time make a burst of their own. */
const openShare = 0.5

export const startBurst = ({ limitMs, now, onFailure }: BurstOptions): CountBurst => {
  const startedAt = now()
  const calls = new AbortController()
  const outcome = Promise.withResolvers<boolean>()
  let underWay = 0
  let isOver = false

  const end = (isWhole: boolean): void => {
    isOver = true
    clearTimeout(timer)
    outcome.resolve(isWhole)
  }
  const fail = (error: unknown): void => {
    if (isOver) return
    end(false)
    calls.abort()
    onFailure(error)
  }
  const timer = setTimeout(() => fail(new GatewayError('timeout_error', 'Counting took too long.')), limitMs)

  return {
    signal: calls.signal,
    isOpen: () => !isOver && now() - startedAt < limitMs * openShare,
    async join(work) {
      underWay += 1
      let count: number | undefined
      const counted = work().then((tokens) => {
        count = tokens
        underWay -= 1
        if (underWay === 0 && !isOver) end(true)
      }, fail)
      await Promise.race([counted, outcome.promise])
      return (await outcome.promise) ? count : undefined
    },
  }
}
