import { GatewayError, toGatewayError } from '../../base/errors.ts'

/**
 * Counts that are asked for at once. Claude Code asks 25 times for one `/context` and subtracts the
 * answers from each other: the upstream's count of one and our estimate of another would give it a
 * tool that costs less than nothing. So all of a burst come from the upstream, or all are estimates;
 * but for questions that fail for their own sake, which are estimated by themselves.
 */
export interface CountBurst {
  /** Ends the burst's calls: its time is up, or a count could not be had for a reason that concerns all. */
  readonly signal: AbortSignal
  /** Whether one more may come in: it should have its share of the time, and the same ruler. */
  isOpen(): boolean
  /** Milliseconds. */
  timeLeft(): number
  /** Resolves with the work's count once all of the burst have theirs; with undefined where it is to be estimated. */
  join(work: () => Promise<number>): Promise<number | undefined>
}

/** Does the work after so many milliseconds; what comes back calls it off. */
export type After = (milliseconds: number, work: () => void) => () => void

interface BurstOptions {
  /** Milliseconds from the first question to the last answer. */
  readonly limitMs: number
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly after: After
  /** Whether a failure ends the burst, or is its own question's alone. */
  readonly concernsAll: (error: GatewayError) => boolean
  /** Hears of the failure that ends the burst, and of those that do not. */
  readonly onFailure: (error: GatewayError) => void
}

/** Questions that come later than this share of the time make a burst of their own. */
const openShare = 0.5
/** For how long answers wait for one more question: those of one `/context` come a few milliseconds apart. */
const quietMs = 50

/** Begins with the first question, which is to join it at once. */
export const startBurst = ({ limitMs, now, after, concernsAll, onFailure }: BurstOptions): CountBurst => {
  const startedAt = now()
  const calls = new AbortController()
  const outcome = Promise.withResolvers<boolean>()
  const isOver = outcome.promise.then(() => undefined)
  let state: 'counting' | 'whole' | 'failed' = 'counting'
  let underWay = 0
  let lastSeenAt = startedAt
  let cancelQuiet = (): void => {}

  const end = (how: 'whole' | 'failed'): void => {
    state = how
    cancelLimit()
    cancelQuiet()
    outcome.resolve(how === 'whole')
    if (how === 'failed') calls.abort()
  }
  const fail = (error: GatewayError): undefined => {
    if (state !== 'counting') return
    if (concernsAll(error)) end('failed')
    onFailure(error)
  }
  const settled = (): void => {
    underWay -= 1
    if (underWay === 0 && state === 'counting') cancelQuiet = after(quietMs, () => end('whole'))
  }
  const cancelLimit = after(limitMs, () => {
    if (underWay === 0) end('whole')
    else fail(new GatewayError('timeout_error', 'Counting took too long.', { isLoggable: true }))
  })

  return {
    signal: calls.signal,
    timeLeft: () => limitMs - (now() - startedAt),
    isOpen() {
      if (state === 'whole' || now() - startedAt >= limitMs * openShare) return false
      return state === 'counting' || now() - lastSeenAt < quietMs
    },
    async join(work) {
      lastSeenAt = now()
      if (state !== 'counting') return undefined
      cancelQuiet()
      underWay += 1
      const asked = work().catch((thrown: unknown) => fail(toGatewayError(thrown)))
      const count = await Promise.race([asked.finally(settled), isOver])
      return count !== undefined && (await outcome.promise) ? count : undefined
    },
  }
}
