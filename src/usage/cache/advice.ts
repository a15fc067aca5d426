import { isMiss } from '../../gateway/cache-miss.ts'
import { roundedRate } from '../sums.ts'
import type { RequestRow } from '../usage-report.ts'
import { fewestRequests, inputOf, type Lifetime, type LifetimeReport, lifetimes, lossOf } from './lifetimes.ts'

/** Recommends a lifetime of the prompt cache, or names what costs the most (CA-T7). Nothing changes by itself. */

export interface CacheAdvice {
  /** Sessions of at least 20 requests that lost more than 5 % of the price of their input. */
  readonly sessions: number
  /** What they lost, as a share of the price of their input, with 3 decimals. */
  readonly lossShare: number
  /** The class of most of their missed tokens. */
  readonly largestClass?: string
  /** The value of `cache.ttl` that would have cost the least; absent if none would have cost less. */
  readonly lifetime?: Lifetime
  /** What this lifetime would have saved, as a share of the price of the cached tokens, with 3 decimals. */
  readonly savedShare?: number
}

const largeShare = 0.05
/** Estimates are no better than this. */
const smallShare = 0.01

interface Loss {
  requests: number
  input: number
  loss: number
}

const lossesBySession = (rows: readonly RequestRow[]): Map<string, Loss> => {
  const sessions = new Map<string, Loss>()
  for (const row of rows) {
    if (row.session === undefined) continue
    const sum = sessions.get(row.session) ?? { requests: 0, input: 0, loss: 0 }
    sessions.set(row.session, sum)
    sum.requests += 1
    sum.input += inputOf(row)
    sum.loss += lossOf(row)
  }
  return sessions
}

const isLosing = ({ requests, input, loss }: Loss): boolean => requests >= fewestRequests && loss > input * largeShare

const largestClassOf = (rows: readonly RequestRow[]): string | undefined => {
  const missed = new Map<string, number>()
  for (const { cacheClass = '', cacheMissedTokens = 0 } of rows)
    if (isMiss(cacheClass)) missed.set(cacheClass, (missed.get(cacheClass) ?? 0) + cacheMissedTokens)
  return [...missed].sort(([, one], [, other]) => other - one)[0]?.[0]
}

/** The lifetime that would have cost the least, if it would have saved more than the error of the estimate. */
const cheapest = (report: LifetimeReport | undefined) => {
  if (report === undefined) return undefined
  const { asSent } = report
  const [lifetime] = [...lifetimes].sort(
    (one, other) => report.lifetimes[one].asInputTokens - report.lifetimes[other].asInputTokens,
  )
  if (lifetime === undefined || asSent.asInputTokens === 0) return undefined
  const share = 1 - report.lifetimes[lifetime].asInputTokens / asSent.asInputTokens
  return share > smallShare ? { lifetime, share } : undefined
}

/** Undefined if no session lost much, and no lifetime would have saved much. */
export const createAdvice = (
  rows: readonly RequestRow[],
  report: LifetimeReport | undefined,
): CacheAdvice | undefined => {
  const losing = new Map([...lossesBySession(rows)].filter(([, loss]) => isLosing(loss)))
  const best = cheapest(report)
  if (losing.size === 0 && (best === undefined || best.share <= largeShare)) return undefined
  let [input, loss] = [0, 0]
  for (const one of losing.values()) {
    input += one.input
    loss += one.loss
  }
  const largestClass = largestClassOf(rows.filter(({ session = '' }) => losing.has(session)))
  return {
    sessions: losing.size,
    lossShare: roundedRate(input === 0 ? 0 : loss / input),
    ...(largestClass !== undefined && { largestClass }),
    ...(best !== undefined && { lifetime: best.lifetime, savedShare: roundedRate(best.share) }),
  }
}
