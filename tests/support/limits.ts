import { createLogger, type LogRecord } from '../../src/base/logger.ts'
import { findTimeZone } from '../../src/base/time-zone.ts'
import type { Endpoint } from '../../src/gateway/endpoint.ts'
import type { ClientIdentity } from '../../src/gateway/policy/access.ts'
import type { BudgetsOptions } from '../../src/gateway/policy/budgets.ts'
import type { LimitedRequest } from '../../src/gateway/policy/limited-request.ts'
import type { LimitsOptions } from '../../src/gateway/policy/limits.ts'
import { createLimits } from '../../src/gateway/policy/limits.ts'
import type { RequestFacts, RequestRecord } from '../../src/gateway/request-record.ts'
import { createRequestRecords } from '../../src/gateway/running-requests.ts'

/** Limits with a clock of their own, and requests in front of them. */

export const identity = (name: string, limits: ClientIdentity['limits'] = {}): ClientIdentity => ({
  name,
  isAdmin: false,
  limits,
})

export interface Clock {
  /** Milliseconds since 1970. */
  at: number
}

interface BudgetSetup extends Partial<Omit<BudgetsOptions, 'zone' | 'log' | 'date' | 'quota'>> {
  readonly zone?: string
  readonly quota?: Partial<BudgetsOptions['quota']>
}

export const budgetOptions = (
  clock: Clock,
  { zone = 'UTC', quota, ...others }: BudgetSetup = {},
): BudgetsOptions & { readonly logged: LogRecord[] } => {
  const found = findTimeZone(zone)
  if (found === undefined) throw new Error(`${zone} is not a time zone`)
  const logged: LogRecord[] = []
  return {
    quota: { tokensPerDay: 0, requestsPerDay: 0, costPerMonth: 0, ...quota },
    zone: found,
    date: () => clock.at,
    log: createLogger('info', (record) => logged.push(record)),
    currency: 'USD',
    ...others,
    logged,
  }
}

export interface LimitSetup extends Partial<Omit<LimitsOptions, 'budgets' | 'now' | 'places'>> {
  readonly budgets?: BudgetSetup
  readonly places?: Partial<LimitsOptions['places']>
}

interface Sent {
  readonly method?: string
  readonly endpoint?: Endpoint
  readonly entrance?: string
  readonly client?: ClientIdentity
  readonly address?: string
  readonly path?: string
}

export const startLimits = ({ budgets, places, ...others }: LimitSetup = {}) => {
  const clock = { at: Date.UTC(2026, 10, 29, 12, 0, 0) }
  const now = (): number => clock.at
  const random = others.random ?? (() => 0)
  const records: RequestRecord[] = []
  const created = createRequestRecords({
    observers: [(record) => records.push(record)],
    log: createLogger('info', () => {}),
    now,
    date: now,
  })
  const options = budgetOptions(clock, budgets)
  const limits = createLimits({
    rate: { perMinute: 0, burst: 0 },
    limitsRate: true,
    exempt: [],
    now,
    random,
    ...others,
    budgets: options,
    places: { maximum: 256, capacity: 0, waitMs: 0, now, random, ...places },
  })
  const request = (sent: Sent = {}): LimitedRequest => {
    const { method = 'POST', endpoint = 'messages', entrance = 'anthropic', client, address, path = '/x' } = sent
    const head = { requestId: 'req_1', entrance, method, path, session: undefined, isSubagent: false }
    return { method, endpoint, client, address: () => address, running: created.begin(head) }
  }
  return {
    clock,
    limits,
    logged: options.logged,
    request,
    /** What the limits say to a new request, with the facts in its record. */
    send(sent: Sent = {}) {
      const one = request(sent)
      const { headers, refusal } = limits.admit(one)
      one.running.responded(refusal?.status ?? 200)
      return { headers, refusal, record: records.at(-1) as RequestFacts }
    },
  }
}
