import { isOurFault } from '../cache-miss.ts'
import type { CacheClass } from './cache-class.ts'
import { type Comparison, compare, continues, hasNewNotes, sizeUpTo } from './compare.ts'
import type { Fingerprint } from './fingerprint.ts'
import { hasLostMarker, markersReach, pointsReach } from './markers.ts'
import { endOf } from './prompt-positions.ts'

/** What the cache did for a request, and why (CA-C). */

/** A request that has ended. */
export interface KeptRequest {
  readonly fingerprint: Fingerprint
  /** The client's name; absent if the server does not know its clients. */
  readonly client?: string | undefined
  readonly modelId: string
  /** Tokens that were read from the cache or written to it. */
  readonly cachedTokens: number
  /** Milliseconds since 1970. */
  readonly endedAt: number
}

export interface Verdict {
  readonly cacheClass: CacheClass
  readonly expectedTokens: number
  readonly missedTokens: number
  readonly reachUnits: number
  /** The request that it was compared with, and the first unit that differs, or has lost its cache point. */
  readonly compared?: { readonly before: Fingerprint; readonly unit: number }
}

/** One request, and those that it can be compared with: the latest first. */
export interface Case {
  readonly fingerprint: Fingerprint
  /** Undefined for a request that was cancelled or failed. */
  readonly usage: { readonly read: number; readonly written: number } | undefined
  readonly startedAt: number
  /** Of the same session, agent and model; ended before this request began. */
  readonly earlier: readonly KeptRequest[]
  /** The session's last request, if it had another model. */
  readonly otherModel: KeptRequest | undefined
  /** Whether a request of the same session, agent and model was running. */
  readonly hasParallel: boolean
}

/** A hit reads at least this share of the expected tokens. */
const hitShare = 0.9
/** A rough estimate, which only tells short prompts from long ones. */
const charactersPerToken = 3
const lifetimesMs = { '5m': 5 * 60_000, '1h': 60 * 60_000 } as const

const nothingExpected = (cacheClass: CacheClass): Verdict => ({
  cacheClass,
  expectedTokens: 0,
  missedTokens: 0,
  reachUnits: 0,
})

const isShort = (fingerprint: Fingerprint): boolean =>
  sizeUpTo(fingerprint, endOf(fingerprint) + 1) / charactersPerToken < (fingerprint.cacheMinimum ?? 0)

/** The request that this one goes on from; else the one that it has most in common with (CA-C7). */
const predecessorOf = ({ fingerprint, earlier }: Case): KeptRequest | undefined => {
  const continued = earlier.find((one) => continues(one.fingerprint, fingerprint))
  if (continued !== undefined) return continued
  const [first, ...others] = earlier
  const reach = (one: KeptRequest): number => compare(one.fingerprint, fingerprint).reach
  return first && others.reduce((best, one) => (reach(one) > reach(best) ? one : best), first)
}

/** The conversation was replaced: `/clear`, `/compact` (CA-C4). */
const isReplaced = (before: Fingerprint, after: Fingerprint): boolean =>
  after.messages < before.messages && after.opening !== before.opening

/** The class of a changed part; `difference` is its first unit. */
export const classOfChange = (
  before: Fingerprint,
  after: Fingerprint,
  difference: number,
  isClientEqual: boolean,
): CacheClass => {
  if (isClientEqual) {
    const isIntended = before.settings !== after.settings || hasNewNotes(before, after, difference)
    if (isIntended) return 'settings_changed'
    // A model that cannot be kept from its tools gets none of them.
    return before.options === after.options ? 'translation_changed' : 'options_changed'
  }
  const [tools, system] = [0, 1].map((index) => Math.max(before.sections[index] ?? 0, after.sections[index] ?? 0))
  if (difference < (tools ?? 0)) return 'tools_changed'
  return difference < (system ?? 0) ? 'system_changed' : 'messages_changed'
}

/** Why a prompt that has not changed was not read. */
const classOfMiss = (before: KeptRequest, one: Case, end: number): CacheClass => {
  const { fingerprint: after, startedAt, earlier } = one
  if (!pointsReach(after, end)) {
    if (!markersReach(after, end)) return 'marker_gone'
    return before.fingerprint.settings === after.settings ? 'marker_moved' : 'settings_changed'
  }
  const ttl = before.fingerprint.points.at(-1)?.ttl ?? '5m'
  // The last use of this prefix counts, by any request that has it (CA-C6).
  const used = earlier.filter(({ fingerprint }) => compare(before.fingerprint, fingerprint).difference === undefined)
  const lastUse = Math.max(before.endedAt, ...used.map(({ endedAt }) => endedAt))
  if (startedAt - lastUse > lifetimesMs[ttl]) return `ttl_expired_${ttl}`
  // The model refuses the lifetime that the prefix was cached with (CA-T5).
  if (before.fingerprint.settings !== after.settings) return 'settings_changed'
  return before.fingerprint.options === after.options ? 'upstream_evicted' : 'options_changed'
}

const classOf = (before: KeptRequest, one: Case, comparison: Comparison, missedTokens: number): CacheClass => {
  const { fingerprint: after, usage, otherModel } = one
  const { difference, end, isClientEqual } = comparison
  const isRead = (usage?.read ?? 0) >= hitShare * before.cachedTokens
  if (difference === undefined) {
    if (hasLostMarker(after)) return 'marker_moved'
    if (isRead) return 'hit'
  } else if (isClientEqual) return classOfChange(before.fingerprint, after, difference, true)
  // Another request of the session left the same prefix.
  else if (missedTokens === 0) return 'hit'
  if (otherModel !== undefined && continues(otherModel.fingerprint, after)) return 'model_changed'
  return difference === undefined
    ? classOfMiss(before, one, end)
    : classOfChange(before.fingerprint, after, difference, false)
}

/** The first request of its session, agent and model. */
const classifyFirst = ({ fingerprint, usage, otherModel, hasParallel }: Case): Verdict => {
  if (otherModel !== undefined && continues(otherModel.fingerprint, fingerprint)) {
    const expectedTokens = otherModel.cachedTokens
    const missedTokens = Math.max(expectedTokens - (usage?.read ?? 0), 0)
    return { cacheClass: 'model_changed', expectedTokens, missedTokens, reachUnits: 0 }
  }
  if (hasParallel) return nothingExpected('unknown')
  const isCached = usage !== undefined && usage.read + usage.written > 0
  return nothingExpected(!isCached && isShort(fingerprint) ? 'below_minimum' : 'cold')
}

/** Undefined for a request that asks for no cache, such as a request for a title. */
export const classify = (one: Case): Verdict | undefined => {
  const { fingerprint: after, usage } = one
  const before = predecessorOf(one)
  if (after.points.length === 0 && (after.markers.length === 0 || after.cacheMinimum === undefined)) {
    if (before === undefined || !continues(before.fingerprint, after)) return undefined
  }
  if (usage === undefined) return nothingExpected('unknown')
  if (before === undefined) return classifyFirst(one)
  if (isReplaced(before.fingerprint, after)) return nothingExpected('cold')
  const expectedTokens = before.cachedTokens
  if (expectedTokens < (after.cacheMinimum ?? 0)) {
    return nothingExpected(expectedTokens > 0 || isShort(before.fingerprint) ? 'below_minimum' : 'unknown')
  }
  const comparison = compare(before.fingerprint, after)
  const missedTokens = Math.max(expectedTokens - usage.read, 0)
  const found = classOf(before, one, comparison, missedTokens)
  // Requests at the same time are no evidence of a fault (CA-C7).
  if (one.hasParallel && isOurFault(found)) return nothingExpected('unknown')
  return {
    cacheClass: found,
    expectedTokens,
    missedTokens: found === 'hit' ? 0 : missedTokens,
    reachUnits: comparison.reach,
    compared: { before: before.fingerprint, unit: comparison.difference ?? comparison.end },
  }
}
