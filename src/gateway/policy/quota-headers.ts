import { type Budget, isUsedUp } from './budget.ts'
import type { LimitHeaders } from './limit-headers.ts'

/** The headers in which Claude Code reads how much of a budget is used (SI-Q1, SI-Q2). */

/** A budget, and the time at which it begins again, in milliseconds since 1970. */
export interface Standing {
  readonly budget: Budget
  readonly until: number
}

const prefix = 'anthropic-ratelimit-unified-'
const secondMs = 1000

/** Claude Code shows a notice beyond each of them. */
const thresholds = [0.95, 0.75] as const
/** Claude Code reads 1 as a budget that is used up. */
const mostWhileAllowed = 0.99

const partOf = ({ used, limit }: Budget): number => used / limit

/** The part of a budget that is used, with two decimals. */
const utilizationOf = (budget: Budget): number => {
  const rounded = Math.round(partOf(budget) * 100) / 100
  return isUsedUp(budget) ? rounded : Math.min(rounded, mostWhileAllowed)
}

/** The highest threshold that the used part exceeds. */
const thresholdOf = (budget: Budget): number | undefined => thresholds.find((threshold) => partOf(budget) > threshold)

/** More than 100 if a budget is exceeded. */
export const percentOf = (budget: Budget): number => Math.round(utilizationOf(budget) * 100)

/** Claude Code's word for the used part. */
export const severityOf = (budget: Budget): 'normal' | 'warning' | 'critical' => {
  if (isUsedUp(budget)) return 'critical'
  const threshold = thresholdOf(budget)
  if (threshold === undefined) return 'normal'
  return threshold === thresholds[0] ? 'critical' : 'warning'
}

/** The budget that is used up first, by the part that is used. */
export const fullestOf = (standings: readonly Standing[]): Standing | undefined =>
  standings.reduce<Standing | undefined>(
    (fullest, one) => (fullest === undefined || partOf(one.budget) > partOf(fullest.budget) ? one : fullest),
    undefined,
  )

/** The second at which a budget begins again. Days and months begin at whole seconds. */
const resetOf = (until: number): LimitHeaders => {
  const second = String(Math.ceil(until / secondMs))
  return { [`${prefix}reset`]: second, [`${prefix}overage-reset`]: second }
}

/** Headers of a successful answer, from the fullest budget. `overage`: a window without a length of its own. */
export const quotaHeaders = ({ budget, until }: Standing): LimitHeaders => {
  const threshold = thresholdOf(budget)
  const status = threshold === undefined ? 'allowed' : 'allowed_warning'
  return {
    [`${prefix}status`]: status,
    [`${prefix}representative-claim`]: 'overage',
    [`${prefix}overage-status`]: status,
    [`${prefix}overage-utilization`]: String(utilizationOf(budget)),
    ...(threshold !== undefined && { [`${prefix}overage-surpassed-threshold`]: String(threshold) }),
    ...resetOf(until),
  }
}

/** Headers of a refusal. With `representative-claim` or `overage-status`, Claude Code would replace our sentence. */
export const usedUpHeaders = ({ budget, until }: Standing): LimitHeaders => ({
  [`${prefix}status`]: 'rejected',
  ...resetOf(until),
  [`${prefix}overage-utilization`]: String(utilizationOf(budget)),
  [`${prefix}overage-surpassed-threshold`]: '1',
  [`${prefix}overage-period`]: budget.period === 'day' ? 'daily' : 'monthly',
  [`${prefix}overage-disabled-reason`]: 'org_spend_cap_reached',
})

/** Whether a header of an upstream says how much of its own budget is used. */
export const isQuotaHeader = (name: string): boolean => name.startsWith(prefix)
