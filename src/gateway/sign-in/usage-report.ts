import { fullestOf, percentOf, type Standing, severityOf } from '../policy/quota-headers.ts'
import type { Spent } from './spending.ts'

/** What a client has spent, in the form that Claude Code reads (SI-Q3). Money is in hundredths of the currency. */

export interface UsageFacts {
  /** All budgets of the client. */
  readonly standings: readonly Standing[]
  readonly spent: Spent
  readonly currency: string
}

/** Floating point makes 0.29 * 100 a little less than 29. */
const roundingNoise = 1e-6

const toCents = (amount: number): number => Math.floor(amount * 100 + roundingNoise)

const withoutLimit = (amount: number) => ({ limit: null, used_credits: toCents(amount), utilization: null })

/** Only a budget in money has an amount; the headers may describe another one, which is fuller. */
export const usageReport = ({ standings, spent, currency }: UsageFacts) => {
  const cap = standings.find(({ budget }) => budget.name === 'cost')
  if (cap === undefined)
    return {
      extra_usage: {
        is_enabled: true,
        monthly_limit: null,
        used_credits: toCents(spent.monthly),
        utilization: null,
        currency,
        daily: withoutLimit(spent.daily),
        weekly: withoutLimit(spent.weekly),
      },
      limits: [],
    }
  const { budget, until } = cap
  const percent = percentOf(budget)
  return {
    extra_usage: {
      is_enabled: true,
      monthly_limit: toCents(budget.limit),
      used_credits: toCents(budget.used),
      utilization: percent,
      currency,
    },
    limits: [
      {
        kind: 'spend',
        group: 'monthly',
        percent,
        resets_at: new Date(until).toISOString(),
        severity: severityOf(budget),
        // Claude Code shows the amounts next to the percentage of the headers.
        is_active: fullestOf(standings) === cap,
      },
    ],
  }
}
