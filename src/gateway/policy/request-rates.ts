import { GatewayError } from '../../base/errors.ts'
import { contains, type Range } from '../../base/ip-range.ts'
import { rateHeaders } from './limit-headers.ts'
import type { Admission, LimitedRequest } from './limited-request.ts'
import type { RateState, RequestRate } from './rate-limit.ts'

/** The rates of requests: which one counts, and what a request gets that is over it (OP-L1 to OP-L4). */
export interface RequestRates {
  /** Undefined if nothing limits the rate of this request. */
  rateOf(request: LimitedRequest, isCount: boolean): RequestRate | undefined
  /** Of a request that its rate has counted. */
  admit(request: LimitedRequest, rate: RequestRate, state: RateState): Admission
}

export interface RequestRatesOptions {
  /** Of clients without an own rate. 0 is no limit. */
  readonly rate: RequestRate
  /** Whether the rate of any client is limited. */
  readonly limitsRate: boolean
  readonly exempt: readonly Range[]
  /** Milliseconds since 1970. */
  readonly date: () => number
  /** A number from 0 to 1. */
  readonly random: () => number
}

/** Counts of tokens for each answer: Claude Code's `/context` sends 25 at once (OP-L2). */
const countsPerAnswer = 10
/** Subagents must not come back all at once. */
const jitterSeconds = 3
/** Claude Code waits for no longer. */
const longestRetrySeconds = 60

const tooFast = (waitSeconds: number, random: () => number): GatewayError =>
  new GatewayError('rate_limit_error', 'Rate limit exceeded', {
    retryAfterSeconds: Math.min(waitSeconds + Math.floor(random() * jitterSeconds), longestRetrySeconds),
    shouldRetry: true,
    isLoggable: true,
  })

export const createRequestRates = ({ rate, limitsRate, exempt, date, random }: RequestRatesOptions): RequestRates => {
  const isExempt = (address: string | undefined): boolean =>
    address !== undefined && exempt.some((range) => contains(range, address))
  return {
    rateOf({ client, address }, isCount) {
      const { requestsPerMinute = rate.perMinute, burst = rate.burst } = client?.limits ?? {}
      if (!limitsRate || requestsPerMinute === 0) return undefined
      if (exempt.length > 0 && isExempt(address())) return undefined
      const times = isCount ? countsPerAnswer : 1
      return { perMinute: requestsPerMinute * times, burst: burst * times }
    },
    admit({ running }, requestRate, state) {
      const isOpenAi = running.head.entrance.startsWith('openai')
      const headers = rateHeaders(requestRate, state, { date: date(), isOpenAi })
      if (state.isAllowed) return { headers }
      running.update({ limit: 'rate' })
      return { headers, refusal: tooFast(state.waitSeconds, random) }
    },
  }
}
