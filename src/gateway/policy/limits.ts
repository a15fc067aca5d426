import type { GatewayError } from '../../base/errors.ts'
import type { Endpoint } from '../endpoint.ts'
import type { RequestObserver } from '../request-record.ts'
import { hiddenPath } from '../running-requests.ts'
import type { ClientIdentity } from './access.ts'
import { Budgets, type BudgetsOptions, ownNameOf, type ReadSpending } from './budgets.ts'
import { type LimitHeaders, withBudget } from './limit-headers.ts'
import { type Admission, keyOf, type LimitedRequest } from './limited-request.ts'
import { fullestOf, quotaHeaders, type Standing, usedUpHeaders } from './quota-headers.ts'
import { createRateLimit } from './rate-limit.ts'
import { type Entrant, type Place, RequestQueue, type RequestQueueOptions } from './request-queue.ts'
import { createRequestRates, type RequestRates, type RequestRatesOptions } from './request-rates.ts'
import { createSharedCheck, type SharedCheckOptions } from './shared-check.ts'

/** The limits in front of requests to a model: rate, then budgets, then places upstream (OP-L). */

export interface Limits {
  /** By what this server alone knows. */
  admit(request: LimitedRequest): Admission
  /** By what servers share. Absent if they share nothing: then a request waits for nothing. */
  readonly admitShared?: (request: LimitedRequest) => Promise<Admission>
  /** Waits for a place upstream. Rejects with GatewayError. `model` is empty if it is not known. */
  enter(request: LimitedRequest, model: string, signal: AbortSignal): Promise<Place>
  /** All budgets of a client, as they are now. */
  standings(client: ClientIdentity | undefined): readonly Standing[]
  /** Adds what clients used before the start to their budgets. */
  restore(spent: ReadSpending): Promise<void>
  /** Refuses the requests that wait for a place. */
  drain(reason: GatewayError): void
  /** Books what a request used. */
  readonly observer: RequestObserver
  /** Requests that have a place, and requests that wait for one. */
  counts(): { readonly active: number; readonly queued: number }
}

type SharedLimits = Pick<SharedCheckOptions, 'state' | 'onOutage'>

export interface LimitsOptions extends Omit<RequestRatesOptions, 'date'> {
  readonly budgets: Omit<BudgetsOptions, 'state'>
  readonly places: RequestQueueOptions
  /** Shared with other servers; absent if the limits are this server's own (OP-R). */
  readonly shared?: SharedLimits | undefined
  /** Milliseconds, monotonic. */
  readonly now: () => number
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

const limitedKindOf = (request: LimitedRequest): Kind | undefined =>
  kindOf(request) ?? (isUnknown(request, request.running.head.path) ? 'batch' : undefined)

const entrantOf = (request: LimitedRequest): Entrant => {
  const { client, running } = request
  const clientLimit = client?.limits.concurrency
  const { isSubagent } = running.head
  return { client: keyOf(request), clientName: ownNameOf(client), clientLimit, isSubagent, running }
}

const createRateCheck = (rates: RequestRates, now: () => number) => {
  const answers = createRateLimit({ now })
  const counts = createRateLimit({ now })
  return (request: LimitedRequest, isCount: boolean): Admission => {
    const rate = rates.rateOf(request, isCount)
    if (rate === undefined) return { headers: {} }
    return rates.admit(request, rate, (isCount ? counts : answers).take(keyOf(request), rate))
  }
}

/** Claude Code reads them in answers of Anthropic's protocol. */
const readsQuota = ({ endpoint }: LimitedRequest): boolean => endpoint === 'messages'

/** Adds a budget that is nearly used up, or used up (OP-L9, OP-L10, SI-Q1, SI-Q2). */
const checkBudgets = (budgets: Budgets, request: LimitedRequest, headers: LimitHeaders): Admission => {
  const { client, running } = request
  const { near, refusal } = budgets.check(client)
  const noted = near.length === 0 ? headers : { ...headers, 'nexus-budget': near.join(', ') }
  if (refusal === undefined) {
    const fullest = readsQuota(request) ? fullestOf(budgets.standings(client)) : undefined
    return { headers: noted, ...(fullest && { answerHeaders: quotaHeaders(fullest) }) }
  }
  const { budget, error, secondsLeft } = refusal
  running.update({ limit: budget.name })
  const named = withBudget(noted, budget.name, secondsLeft)
  return { headers: readsQuota(request) ? { ...named, ...usedUpHeaders(refusal) } : named, refusal: error }
}

type AdmitNext = (request: LimitedRequest, kind: Kind, rate: Admission) => Admission

const createAdmitShared = (options: SharedCheckOptions, admitNext: AdmitNext) => {
  const check = createSharedCheck(options)
  return async (request: LimitedRequest): Promise<Admission> => {
    const kind = limitedKindOf(request)
    return kind === undefined ? { headers: {} } : admitNext(request, kind, await check(request, kind === 'count'))
  }
}

export const createLimits = (options: LimitsOptions): Limits => {
  const { now, shared } = options
  const rates = createRequestRates({ ...options, date: options.budgets.date })
  const budgets = new Budgets({ ...options.budgets, state: shared?.state })
  const queue = new RequestQueue(options.places)
  /** The limits behind the rate. */
  const admitNext: AdmitNext = (request, kind, rate) => {
    if (rate.refusal !== undefined || kind === 'count') return rate
    const admission = checkBudgets(budgets, request, rate.headers)
    if (admission.refusal !== undefined || kind === 'batch') return admission
    const refusal = queue.refusalOf(entrantOf(request))
    return refusal === undefined ? admission : { ...admission, refusal }
  }
  const checkRate = createRateCheck(rates, now)
  const admitShared = shared && createAdmitShared({ ...shared, rates, budgets, now }, admitNext)
  return {
    admit(request) {
      const kind = limitedKindOf(request)
      return kind === undefined ? { headers: {} } : admitNext(request, kind, checkRate(request, kind === 'count'))
    },
    ...(admitShared && { admitShared }),
    enter: (request, model, signal) => queue.enter(entrantOf(request), model, signal),
    standings: (client) => budgets.standings(client),
    restore: (spent) => budgets.restore(spent),
    drain: (reason) => queue.drain(reason),
    observer(record) {
      const kind = kindOf(record)
      if (kind === 'answer' || kind === 'batch' || isUnknown(record, record.path)) budgets.book(record)
    },
    counts: () => ({ active: queue.active, queued: queue.queued }),
  }
}
