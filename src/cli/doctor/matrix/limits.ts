import type { GatewayError } from '../../../base/errors.ts'

/** Counts what was sent, and decides when it is enough (MX-D1, MX-D5). */

/** For each model. */
export const maximumRequests = 30
/** Most rows have one part that may be refused, and is left out of one more request. */
export const usualTries = 2
const failuresInARow = 3

interface LimitOptions {
  /** The most that all requests may use. */
  readonly maximumTokens: number
  /** Aborts with Ctrl-C. */
  readonly signal: AbortSignal
}

const unanswered: ReadonlySet<GatewayError['type']> = new Set(['timeout_error', 'api_error', 'overloaded_error'])

/** What a failed request may have used: a refusal uses nothing. */
const usedByFailure = (error: GatewayError, most: number): number => (error.status < 500 ? 0 : most)

export type Limits = ReturnType<typeof createLimits>

export const createLimits = ({ signal, maximumTokens }: LimitOptions) => {
  const requests = new Map<string, number>()
  let tokens = 0
  let throttled = 0
  let silent = 0
  let stop: string | undefined
  const sentTo = (modelId: string): number => requests.get(modelId) ?? 0
  return {
    stopReason: (): string | undefined => (signal.aborted ? 'interrupted' : stop),
    requests: (): number => [...requests.values()].reduce((sum, count) => sum + count, 0),
    tokens: (): number => tokens,
    isFull: (modelId: string, tries: number): boolean => sentTo(modelId) + tries > maximumRequests,
    /** Whether the request fits into the rest of the tokens. */
    reserve(most: number): boolean {
      if (tokens + most > maximumTokens) stop ??= `the limit of ${maximumTokens.toLocaleString('en')} tokens is reached`
      return stop === undefined
    },
    sent(modelId: string): void {
      requests.set(modelId, sentTo(modelId) + 1)
    },
    answered(used: number): void {
      tokens += used
      throttled = 0
      silent = 0
    },
    failed(error: GatewayError, most: number): void {
      tokens += usedByFailure(error, most)
      throttled = error.type === 'rate_limit_error' ? throttled + 1 : 0
      silent = unanswered.has(error.type) ? silent + 1 : 0
      if (error.status === 401 || error.status === 403) stop ??= `AI Nexus answered ${error.status}`
      if (throttled === failuresInARow) stop ??= `AI Nexus answered 429 to ${failuresInARow} requests in a row`
      if (silent === failuresInARow) stop ??= `AI Nexus failed ${failuresInARow} times in a row`
    },
  }
}
