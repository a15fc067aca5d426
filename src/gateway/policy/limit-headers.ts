import type { RateState, RequestRate } from './rate-limit.ts'

/** The headers in which clients read their limits (OP-L4). */

export type LimitHeaders = Readonly<Record<string, string>>

const minuteSeconds = 60
const millisecondsPerSecond = 1000

/** `1s`, `6m0s`: the form of OpenAI's own headers. */
const duration = (seconds: number): string => {
  const minutes = Math.floor(seconds / minuteSeconds)
  const rest = `${seconds % minuteSeconds}s`
  return minutes === 0 ? rest : `${minutes}m${rest}`
}

/** OpenAI's clients read their own names (OE-T3). */
const openAiHeaders = (limit: number, remaining: number, seconds: number): LimitHeaders => ({
  'x-ratelimit-limit-requests': String(limit),
  'x-ratelimit-remaining-requests': String(remaining),
  'x-ratelimit-reset-requests': duration(seconds),
})

/** `date` is in milliseconds since 1970. */
export const rateHeaders = (
  { perMinute }: RequestRate,
  state: RateState,
  { date, isOpenAi }: { readonly date: number; readonly isOpenAi: boolean },
): LimitHeaders => {
  // The burst is not part of the promise.
  const remaining = Math.min(state.remaining, perMinute)
  const full = Math.ceil(state.secondsUntilFull)
  return {
    'x-ratelimit-limit': String(perMinute),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(Math.ceil(date / millisecondsPerSecond + state.secondsUntilFull)),
    'ratelimit-policy': `"requests";q=${perMinute};w=${minuteSeconds}`,
    // A client without a request left waits for the next one, not for all of them.
    ratelimit: `"requests";r=${remaining};t=${remaining === 0 ? state.waitSeconds : full}`,
    ...(isOpenAi && openAiHeaders(perMinute, remaining, state.isAllowed ? full : state.waitSeconds)),
  }
}

/** Adds a used-up budget to what a client may still use. `requests` is the name of the rate. */
export const withBudget = (headers: LimitHeaders, name: string, secondsLeft: number): LimitHeaders => {
  const item = `"${name === 'requests' ? 'requests-per-day' : name}";r=0;t=${secondsLeft}`
  const others = headers['ratelimit']
  return { ...headers, ratelimit: others === undefined ? item : `${others}, ${item}` }
}
