import { parseRange, type Range } from '../base/ip-range.ts'
import { findTimeZone, type TimeZone } from '../base/time-zone.ts'
import { UsageError } from '../base/usage-error.ts'
import type { Config } from './load.ts'
import { isShared } from './state-address.ts'

/** The limits in front of requests, from their settings (OP-L). */

type LimitConfig = Pick<Config, 'rateLimit' | 'quota' | 'concurrency' | 'clientsFile' | 'history' | 'currency'>

const millisecondsPerSecond = 1000

/** Throws UsageError. */
export const quotaZoneOf = ({ quota: { timezone } }: Pick<LimitConfig, 'quota'>): TimeZone => {
  const zone = findTimeZone(timezone)
  if (zone !== undefined) return zone
  throw new UsageError(`quota.timezone: ${timezone} is not a known time zone. Write a name like Europe/Berlin or UTC.`)
}

/** Throws UsageError. */
const exemptOf = ({ exemptIps }: LimitConfig['rateLimit']): readonly Range[] =>
  exemptIps.map((text) => {
    const range = parseRange(text)
    if (range !== undefined) return range
    throw new UsageError(
      `rateLimit.exemptIps: ${text} is not an address. Write addresses like 192.0.2.1, ranges like 10.0.0.0/8, loopback or private.`,
    )
  })

/** Throws UsageError for settings of limits that are not valid. */
export const checkLimits = (config: LimitConfig): void => {
  quotaZoneOf(config)
  exemptOf(config.rateLimit)
}

const hasBudget = ({ quota: { tokensPerDay, requestsPerDay, costPerMonth } }: LimitConfig): boolean =>
  [tokensPerDay, requestsPerDay, costPerMonth].some((limit) => limit > 0)

/** Clients of a file may have their own limits. */
const mayHaveBudgets = (config: LimitConfig): boolean => hasBudget(config) || config.clientsFile !== undefined

/** Whether a request can meet a limit. */
const hasLimits = (config: LimitConfig): boolean => {
  const { rateLimit, concurrency } = config
  const limitsRate = rateLimit.enabled && rateLimit.requestsPerMinute > 0
  const limitsPlaces = concurrency.max !== undefined || concurrency.queue > 0
  return limitsRate || limitsPlaces || mayHaveBudgets(config)
}

/** `mostPlaces`: requests that the http client can send at once. Returns undefined without limits. Throws UsageError. */
export const limitsOf = (config: LimitConfig, mostPlaces: number) => {
  if (!hasLimits(config)) return undefined
  const { rateLimit, quota, concurrency, currency } = config
  const { tokensPerDay, requestsPerDay, costPerMonth } = quota
  return {
    hasBudgets: mayHaveBudgets(config),
    limitsRate: rateLimit.enabled,
    rate: { perMinute: rateLimit.requestsPerMinute, burst: rateLimit.burst },
    exempt: exemptOf(rateLimit),
    budgets: { quota: { tokensPerDay, requestsPerDay, costPerMonth }, zone: quotaZoneOf(config), currency },
    places: {
      maximum: Math.min(concurrency.max ?? mostPlaces, mostPlaces),
      capacity: concurrency.queue,
      waitMs: concurrency.wait * millisecondsPerSecond,
    },
  }
}

type BudgetKey = 'tokensPerDay' | 'requestsPerDay' | 'costPerMonth'
/** Of a client in the file of clients. */
type OwnBudgets = { readonly [Key in BudgetKey]?: number | undefined }

/** Warnings about the budgets of all clients and those of single ones, for the start (OP-L11). */
export const budgetWarnings = (
  config: LimitConfig & Pick<Config, 'prices' | 'upstream' | 'state'>,
  clients: readonly OwnBudgets[],
): readonly string[] => {
  const { quota, history, prices, upstream, state } = config
  const has = (name: BudgetKey): boolean => quota[name] > 0 || clients.some((client) => (client[name] ?? 0) > 0)
  const hasPrices = prices.size > 0 || upstream === 'anthropic'
  const hasAny = has('tokensPerDay') || has('requestsPerDay') || has('costPerMonth')
  return [
    ...(hasAny && !history.enabled && !isShared(state.url)
      ? ['budgets are kept in memory: after a restart, clients can use all of them again. Set --history to keep them.']
      : []),
    ...(has('costPerMonth') && !hasPrices
      ? ['costPerMonth has no effect without prices: add prices to the configuration file.']
      : []),
  ]
}
