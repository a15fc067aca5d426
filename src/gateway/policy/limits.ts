import { GatewayError } from '../../base/errors.ts'
import { contains, networkKey, type Range } from '../../base/ip-range.ts'
import type { Endpoint } from '../endpoint.ts'
import type { RequestObserver } from '../request-record.ts'
import { hiddenPath, type RunningRequest } from '../running-requests.ts'
import type { ClientIdentity } from './access.ts'
import { Budgets, type BudgetsOptions, ownNameOf, type ReadSpending } from './budgets.ts'
import { type LimitHeaders, rateHeaders, withBudget } from './limit-headers.ts'
import { createRateLimit, type RequestRate } from './rate-limit.ts'
import { type Entrant, type Place, RequestQueue, type RequestQueueOptions } from './request-queue.ts'

/** The limits in front of requests to a model: rate, then budgets, then places upstream (OP-L). */

/** One request in front of the limits. */
export interface LimitedRequest {
  readonly method: string
  readonly endpoint: Endpoint
  readonly client: ClientIdentity | undefined
  /** The address of the client; undefined where it is not known. */
  readonly address: () => string | undefined
  readonly running: RunningRequest
}

/** What the limits say to a request. */
interface Admission {
  /** Of the answer, also of a refusal. */
  readonly headers: LimitHeaders
  readonly refusal?: GatewayError
}

export interface Limits {
  admit(request: LimitedRequest): Admission
  /** Waits for a place upstream. Rejects with GatewayError. `model` is empty if it is not known. */
  enter(request: LimitedRequest, model: string, signal: AbortSignal): Promise<Place>
  /** Adds what clients used before the start to their budgets. */
  restore(spent: ReadSpending): Promise<void>
  /** Refuses the requests that wait for a place. */
  drain(reason: GatewayError): void
  /** Books what a request used. */
  readonly observer: RequestObserver
  /** Requests that have a place, and requests that wait for one. */
  counts(): { readonly active: number; readonly queued: number }
}

export interface LimitsOptions {
  /** Of clients without an own rate. 0 is no limit. */
  readonly rate: RequestRate
  /** Whether the rate of any client is limited. */
  readonly limitsRate: boolean
  readonly exempt: readonly Range[]
  readonly budgets: BudgetsOptions
  readonly places: RequestQueueOptions
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** A number from 0 to 1. */
  readonly random: () => number
}

/** What a request is to the limits: an answer needs a place, a batch needs none, and a count of tokens costs nothing. */
type Kind = 'answer' | 'batch' | 'count'

const kinds: Readonly<Partial<Record<Endpoint, Kind>>> = {
  messages: 'answer',
  chat_completions: 'answer',
  responses: 'answer',
  batches: 'batch',
  count_tokens: 'count',
}

const kindOf = ({ method, endpoint }: Pick<LimitedRequest, 'method' | 'endpoint'>): Kind | undefined =>
  method === 'POST' ? kinds[endpoint] : undefined

/** An upstream may serve a model on a path that this server does not know, and forwards. It counts like a batch. */
const isUnknown = ({ method, endpoint }: Pick<LimitedRequest, 'method' | 'endpoint'>, path: string): boolean =>
  method === 'POST' && endpoint === 'other' && (path.startsWith('/v1/') || path === hiddenPath)

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

/** A client by its own name, otherwise by its network. */
const keyOf = ({ client, address }: LimitedRequest): string => {
  const name = ownNameOf(client)
  return name === undefined ? (networkKey(address() ?? '') ?? '') : `client:${name}`
}

const entrantOf = (request: LimitedRequest): Entrant => {
  const { client, running } = request
  const clientLimit = client?.limits.concurrency
  const { isSubagent } = running.head
  return { client: keyOf(request), clientName: ownNameOf(client), clientLimit, isSubagent, running }
}

const createRateCheck = ({ rate, limitsRate, exempt, now, random, budgets: { date } }: LimitsOptions) => {
  const answers = createRateLimit({ now })
  const counts = createRateLimit({ now })
  const rateOf = ({ client }: LimitedRequest, kind: Kind): RequestRate => {
    const { requestsPerMinute = rate.perMinute, burst = rate.burst } = client?.limits ?? {}
    const times = kind === 'count' ? countsPerAnswer : 1
    return { perMinute: requestsPerMinute * times, burst: burst * times }
  }
  const isExempt = (address: string | undefined): boolean =>
    address !== undefined && exempt.some((range) => contains(range, address))
  return (request: LimitedRequest, kind: Kind): Admission => {
    const requestRate = rateOf(request, kind)
    if (!limitsRate || requestRate.perMinute === 0) return { headers: {} }
    if (exempt.length > 0 && isExempt(request.address())) return { headers: {} }
    const state = (kind === 'count' ? counts : answers).take(keyOf(request), requestRate)
    const isOpenAi = request.running.head.entrance.startsWith('openai')
    const headers = rateHeaders(requestRate, state, { date: date(), isOpenAi })
    if (state.isAllowed) return { headers }
    request.running.update({ limit: 'rate' })
    return { headers, refusal: tooFast(state.waitSeconds, random) }
  }
}

/** Adds a budget that is nearly used up, or used up (OP-L9, OP-L10). */
const checkBudgets = (budgets: Budgets, { client, running }: LimitedRequest, headers: LimitHeaders): Admission => {
  const { near, refusal } = budgets.check(client)
  const noted = near.length === 0 ? headers : { ...headers, 'nexus-budget': near.join(', ') }
  if (refusal === undefined) return { headers: noted }
  const { budget, error, secondsLeft } = refusal
  running.update({ limit: budget.name })
  return { headers: withBudget(noted, budget.name, secondsLeft), refusal: error }
}

export const createLimits = (options: LimitsOptions): Limits => {
  const checkRate = createRateCheck(options)
  const budgets = new Budgets(options.budgets)
  const queue = new RequestQueue(options.places)
  return {
    admit(request) {
      const kind = kindOf(request) ?? (isUnknown(request, request.running.head.path) ? 'batch' : undefined)
      if (kind === undefined) return { headers: {} }
      const rate = checkRate(request, kind)
      if (rate.refusal !== undefined || kind === 'count') return rate
      const admission = checkBudgets(budgets, request, rate.headers)
      if (admission.refusal !== undefined || kind === 'batch') return admission
      const refusal = queue.refusalOf(entrantOf(request))
      return refusal === undefined ? admission : { ...admission, refusal }
    },
    enter: (request, model, signal) => queue.enter(entrantOf(request), model, signal),
    restore: (spent) => budgets.restore(spent),
    drain: (reason) => queue.drain(reason),
    observer(record) {
      const kind = kindOf(record)
      if (kind === 'answer' || kind === 'batch' || isUnknown(record, record.path)) budgets.book(record)
    },
    counts: () => ({ active: queue.active, queued: queue.queued }),
  }
}
