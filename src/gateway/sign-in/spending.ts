import { sharedClientName } from '../../base/client-name.ts'
import { nameOf } from '../../base/error-location.ts'
import type { Logger } from '../../base/logger.ts'
import type { TimeZone } from '../../base/time-zone.ts'
import type { ReadSpending } from '../policy/budgets.ts'
import type { RequestObserver } from '../request-record.ts'

/** What each client has spent in the running day, week and month, for those without a budget in money (SI-Q3). */

const periods = ['daily', 'weekly', 'monthly'] as const
type SpendingPeriod = (typeof periods)[number]

/** In the configured currency. */
export type Spent = Readonly<Record<SpendingPeriod, number>>

export interface SpendingOptions {
  readonly zone: TimeZone
  /** Milliseconds since 1970. */
  readonly date: () => number
  readonly log: Logger
}

const daysOfWeek = 7

/** Days since Monday. The day of the week is the same on every clock that shows the date. */
const daysSinceMonday = (date: number): number => (new Date(date).getUTCDay() + daysOfWeek - 1) % daysOfWeek

/** The first millisecond of the period; a week begins on Monday. */
const beginOf = (period: SpendingPeriod, { civilAt, timeOf }: TimeZone, time: number): number => {
  const { year, month, day } = civilAt(time)
  if (period === 'monthly') return timeOf({ year, month, day: 1 })
  const back = period === 'weekly' ? daysSinceMonday(Date.UTC(year, month - 1, day)) : 0
  return timeOf({ year, month, day: day - back })
}

const nothing: Spent = { daily: 0, weekly: 0, monthly: 0 }

export const createSpending = ({ zone, date, log }: SpendingOptions) => {
  const begins = { daily: Number.NaN, weekly: Number.NaN, monthly: Number.NaN }
  let dayEnds = Number.NEGATIVE_INFINITY
  const sums = {
    daily: new Map<string, number>(),
    weekly: new Map<string, number>(),
    monthly: new Map<string, number>(),
  }
  /** All three begin with a day. */
  const beginPeriods = (): void => {
    const now = date()
    if (now < dayEnds) return
    const { year, month, day } = zone.civilAt(now)
    dayEnds = zone.timeOf({ year, month, day: day + 1 })
    for (const period of periods) {
      const begin = beginOf(period, zone, now)
      if (begin !== begins[period]) sums[period].clear()
      begins[period] = begin
    }
  }
  const add = (period: SpendingPeriod, client: string, cost: number): void => {
    sums[period].set(client, (sums[period].get(client) ?? 0) + cost)
  }
  const observer: RequestObserver = ({ client = sharedClientName, at, cost }) => {
    if (cost === undefined) return
    beginPeriods()
    for (const period of periods) if (at >= begins[period]) add(period, client, cost)
  }
  return {
    observer,
    of(client: string = sharedClientName): Spent {
      beginPeriods()
      const sumOf = (period: SpendingPeriod): number => sums[period].get(client) ?? nothing[period]
      return { daily: sumOf('daily'), weekly: sumOf('weekly'), monthly: sumOf('monthly') }
    },
    /** Adds what clients spent before the start. Reads it once, before the history has this server's requests. */
    async restore(spent: ReadSpending): Promise<void> {
      beginPeriods()
      const until = dayEnds
      try {
        for (const period of periods) {
          const rows = await spent(begins[period], until)
          if (dayEnds === until) for (const { client, cost } of rows) add(period, client || sharedClientName, cost)
        }
      } catch (error) {
        log.warn('sign_in.spending_not_restored', { error: nameOf(error) })
      }
    },
  }
}

export type Spending = ReturnType<typeof createSpending>
