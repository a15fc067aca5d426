import { GatewayError } from '../../base/errors.ts'
import type { TimeZone } from '../../base/time-zone.ts'
import type { Sums } from '../../state/shared-state.ts'
import { productName } from '../../version.ts'
import type { LimitName } from '../request-record.ts'
import type { ClientIdentity } from './access.ts'

/** What a client may use in a day or a month (OP-L7). */

export type Period = 'day' | 'month'

/** 0 is no limit. */
export interface BudgetLimits {
  readonly tokensPerDay: number
  readonly requestsPerDay: number
  readonly costPerMonth: number
}

/** In the running day; the cost in the running month. */
export interface Usage {
  tokens: number
  requests: number
  cost: number
}

export interface Budget {
  readonly name: Extract<LimitName, 'tokens' | 'requests' | 'cost'>
  readonly period: Period
  readonly used: number
  readonly limit: number
}

const limitKeys = { cost: 'costPerMonth', tokens: 'tokensPerDay', requests: 'requestsPerDay' } as const

/** The limit's name in the configuration, and in the file of clients. */
export const limitKeyOf = ({ name }: Pick<Budget, 'name'>): keyof BudgetLimits => limitKeys[name]

/** The budgets of a client, the longest period first. A client's own limit wins over the limit for all. */
export const budgetsOf = (client: ClientIdentity | undefined, quota: BudgetLimits, used: Usage): readonly Budget[] => {
  const limits = { ...quota, ...client?.limits }
  const budgets: readonly Budget[] = [
    { name: 'cost', period: 'month', used: used.cost, limit: limits.costPerMonth },
    { name: 'tokens', period: 'day', used: used.tokens, limit: limits.tokensPerDay },
    { name: 'requests', period: 'day', used: used.requests, limit: limits.requestsPerDay },
  ]
  return budgets.filter(({ limit }) => limit > 0)
}

/** From this part of a budget on, answers and the log name it. */
const nearPart = 0.8

export const isNear = ({ used, limit }: Budget): boolean => used >= limit * nearPart
export const isUsedUp = ({ used, limit }: Budget): boolean => used >= limit

/** Milliseconds since 1970: the first that counts, and the first that does not. */
export interface TimeSpan {
  readonly since: number
  readonly until: number
}

/** The day or the month of a time zone that has this time. */
export const spanOf = (period: Period, { civilAt, timeOf }: TimeZone, time: number): TimeSpan => {
  const { year, month, day } = civilAt(time)
  return period === 'day'
    ? { since: timeOf({ year, month, day }), until: timeOf({ year, month, day: day + 1 }) }
    : { since: timeOf({ year, month, day: 1 }), until: timeOf({ year, month: month + 1, day: 1 }) }
}

const twoDigits = (value: number): string => String(value).padStart(2, '0')

/** The name of a client's account in a shared state: `budget:alice:day:2026-11-29`, `budget:alice:month:2026-11`. */
export const accountName = (client: string, period: Period, { civilAt }: TimeZone, { since }: TimeSpan): string => {
  const { year, month, day } = civilAt(since)
  const date = [year, ...(period === 'day' ? [month, day] : [month])].map(twoDigits).join('-')
  return `budget:${client}:${period}:${date}`
}

/** The figures that have a budget in this period. */
export const figuresOf = (period: Period, { tokens, requests, cost }: Sums): Sums =>
  period === 'day' ? { tokens, requests, cost: 0 } : { tokens: 0, requests: 0, cost }

const secondMs = 1000

/** Two digits behind the point for money. */
const figure = ({ name }: Budget, value: number): string =>
  name === 'cost' ? value.toFixed(2) : String(Math.round(value))

const grouped = ({ name }: Budget, value: number): string => {
  const digits = name === 'cost' ? 2 : 0
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** The member of the header `nexus-budget`. The reset is in seconds since 1970. */
export const budgetHeader = (budget: Budget, { until }: TimeSpan): string =>
  [
    budget.name,
    `used=${figure(budget, budget.used)}`,
    `limit=${figure(budget, budget.limit)}`,
    `reset=${Math.ceil(until / secondMs)}`,
  ].join(';')

interface UsedUp {
  readonly clientName: string | undefined
  /** Whether the limit belongs to this client alone. */
  readonly isOwn: boolean
  readonly until: number
  readonly secondsLeft: number
  readonly currency: string
}

const unitOf = ({ name }: Budget, currency: string): string => (name === 'cost' ? `${currency} (estimate)` : name)

/** How an administrator raises the limit. */
const remedyOf = (budget: Budget, isOwn: boolean): string => {
  const key = limitKeyOf(budget)
  return isOwn
    ? `to raise it, change ${key} of the client in the file of clients`
    : `to raise it, run: ${productName} config set quota.${key} <${budget.name === 'cost' ? 'amount' : 'count'}>`
}

/** Claude Code shows the sentence alone, and stops (OP-L9). */
export const usedUpError = (
  budget: Budget,
  { clientName, isOwn, until, secondsLeft, currency }: UsedUp,
): GatewayError => {
  const period = budget.period === 'day' ? 'daily' : 'monthly'
  const owner = clientName === undefined ? 'this server' : `client '${clientName}'`
  const amount = `${grouped(budget, budget.used)} of ${grouped(budget, budget.limit)} ${unitOf(budget, currency)}`
  const end = new Date(until).toISOString().replace('.000Z', 'Z')
  return new GatewayError(
    'billing_error',
    `The ${period} budget of ${owner} is used up: ${amount}. It begins again at ${end}; ${remedyOf(budget, isOwn)}`,
    { status: 429, retryAfterSeconds: secondsLeft, shouldRetry: false, isLoggable: true },
  )
}
