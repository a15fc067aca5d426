import { createConcurrencyLimit } from '../base/concurrency-limit.ts'
import { nameOf } from '../base/error-location.ts'
import { GatewayError } from '../base/errors.ts'
import type { Logger } from '../base/logger.ts'
import { createRateLimiter, type Rate } from '../base/rate-limiter.ts'
import { unlessAborted } from '../base/unless-aborted.ts'
import type { WebSearchErrorCode } from '../wire/anthropic/response.ts'
import { isCountryCode } from './country-code.ts'
import { createDomainFilter, type DomainLists, joinDomainLists } from './domain-rules.ts'
import {
  type Search,
  SearchError,
  type SearchFailure,
  type SearchLocation,
  type SearchOutcome,
  type SearchProvider,
  type SearchRequest,
  type SearchResult,
} from './search-provider.ts'
import { trimResults } from './trim-results.ts'

/** The limits around a provider: what it gets, how often and how long it works, and what is taken of its results. */

/** Characters; as many as the strictest provider takes. */
const longestQuery = 400
const mostAtOnce = 4
const mostPerMinute = 60
const millisecondsPerMinute = 60_000
/** For the results of one search, which are sent to the model again with every later request. */
const mostResultBytes = 200 * 1024

/** For the server, not for one of its processes. */
const searchRate: Rate = { most: mostPerMinute, everyMs: millisecondsPerMinute / mostPerMinute }
/** The name of the rate among those that processes share. */
const bucket = 'search'

/** What several processes of a server share. */
export interface SharedCalls {
  /** Takes one call from a bucket. Undefined if that is not possible now. */
  take(bucket: string, rate: Rate): Promise<{ readonly isAllowed: boolean } | undefined>
}

export interface SearchOptions extends DomainLists {
  readonly provider: SearchProvider
  /** Most results of a search. */
  readonly count: number
  /** For one search, with the time in which it waits for others. */
  readonly timeoutMs: number
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly log: Logger
  /** Absent for a server of one process. */
  readonly state?: SharedCalls | undefined
  /** For tests: aborts after this number of milliseconds. */
  readonly deadlineAfter?: (milliseconds: number) => AbortSignal
}

const checkQuery = (value: unknown): { readonly query: string } | { readonly errorCode: WebSearchErrorCode } => {
  const query = typeof value === 'string' ? value.toWellFormed().trim() : ''
  if (query === '') return { errorCode: 'invalid_tool_input' }
  return [...query].length > longestQuery ? { errorCode: 'query_too_long' } : { query }
}

const checkedLocation = (location: SearchLocation | undefined): SearchLocation | undefined => {
  const { country, ...others } = location ?? {}
  if (country === undefined || isCountryCode(country)) return location
  return others
}

/** The code for the client, and facts for the log. The error of a connection names no more than a host. */
const failureOf = (error: unknown): readonly [WebSearchErrorCode, SearchFailure] => {
  if (error instanceof SearchError) return [error.code, error.failure]
  return ['unavailable', { reason: (error instanceof GatewayError && error.reason) || nameOf(error) }]
}

const bytesOf = (results: readonly SearchResult[]): number => Buffer.byteLength(JSON.stringify(results))

/** Creates the web search of a server. */
export const createSearch = (options: SearchOptions): Search => {
  const { provider, count, timeoutMs, now, log, deadlineAfter = (ms) => AbortSignal.timeout(ms) } = options
  const inTurn = createConcurrencyLimit(mostAtOnce)
  const mayStartHere = createRateLimiter(searchRate.most, searchRate.everyMs, now)
  const mayStart = async (): Promise<boolean> =>
    (await options.state?.take(bucket, searchRate))?.isAllowed ?? mayStartHere()

  const ask = async (query: string, request: SearchRequest, signal: AbortSignal): Promise<SearchOutcome> => {
    const { location, ...rules } = request
    const lists = joinDomainLists(rules, options)
    const isDisjoint = lists.allowedDomains.length === 0 && rules.allowedDomains.length > 0
    if (isDisjoint) return { results: [] }
    const found = await unlessAborted(
      provider.search({ query, count, ...lists, location: checkedLocation(location) }, signal),
      signal,
    )
    const results = trimResults(found, { isShown: createDomainFilter(rules, options), count })
    return bytesOf(results) > mostResultBytes ? { errorCode: 'request_too_large' } : { results }
  }

  const run = async (query: string, request: SearchRequest, signal: AbortSignal): Promise<SearchOutcome> => {
    const startedAt = now()
    const fail = (code: WebSearchErrorCode, failure: SearchFailure): SearchOutcome => {
      log.warn('search.failed', { provider: provider.name, code, ...failure, ms: Math.round(now() - startedAt) })
      return { errorCode: code }
    }
    const deadline = deadlineAfter(timeoutMs)
    const either = AbortSignal.any([signal, deadline])
    let isWaiting = true
    try {
      if (!(await mayStart())) return fail('too_many_requests', { reason: `${mostPerMinute} searches a minute` })
      const outcome = await inTurn(() => {
        isWaiting = false
        return ask(query, request, either)
      }, either)
      return 'errorCode' in outcome ? fail(outcome.errorCode, {}) : outcome
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (deadline.aborted && isWaiting) return fail('too_many_requests', { reason: `${mostAtOnce} searches at once` })
      if (deadline.aborted) return fail('unavailable', { reason: 'timeout' })
      return fail(...failureOf(error))
    }
  }

  return {
    provider: provider.name,
    async run(request, signal) {
      signal.throwIfAborted()
      const checked = checkQuery(request.query)
      return 'errorCode' in checked ? checked : run(checked.query, request, signal)
    },
  }
}
