import type { CacheClass } from './cache-audit/cache-class.ts'
import type { CostlessRecord, CostOf, TokenFigures } from './request-record.ts'

/** What observers show of a miss of the prompt cache. */

/** Classes of requests that should have read more. The others expected nothing of the cache, or nothing is known. */
export const missClasses = [
  'model_changed',
  'tools_changed',
  'system_changed',
  'messages_changed',
  'marker_gone',
  'options_changed',
  'translation_changed',
  'marker_moved',
  'settings_changed',
  'ttl_expired_5m',
  'ttl_expired_1h',
  'upstream_evicted',
] as const satisfies readonly CacheClass[]

const misses: ReadonlySet<string> = new Set(missClasses)
const ourFaults: ReadonlySet<string> = new Set<CacheClass>(['translation_changed', 'marker_moved'])

/** Takes any text: the history of a later version may have other classes. */
export const isMiss = (cacheClass: string): boolean => misses.has(cacheClass)

/** Whether this server changed a prompt that the client did not change (CA-A1). */
export const isOurFault = (cacheClass: string): boolean => ourFaults.has(cacheClass)

/** These tokens as written instead of read, for the same lifetimes as those that the request wrote. */
const asWritten = (
  tokens: number,
  { cache_creation_input_tokens: written, cache_creation }: TokenFigures,
): TokenFigures => {
  const forHour = written === 0 ? 0 : (cache_creation?.ephemeral_1h_input_tokens ?? 0) / written
  const tokens1h = Math.round(tokens * Math.min(forHour, 1))
  return {
    input_tokens: 0,
    cache_creation_input_tokens: tokens,
    cache_creation: { ephemeral_5m_input_tokens: tokens - tokens1h, ephemeral_1h_input_tokens: tokens1h },
    cache_read_input_tokens: -tokens,
    output_tokens: 0,
  }
}

/** What the missed tokens cost more than a read of them; undefined without a miss, and without a price (CA-C8). */
export const missCostOf = (record: CostlessRecord, costOf: CostOf): number | undefined => {
  const { usage, cacheMissedTokens: missed = 0 } = record
  if (usage === undefined || missed === 0) return undefined
  const cost = costOf({ ...record, usage: asWritten(missed, usage) })
  return cost === undefined ? undefined : Math.max(cost, 0)
}
