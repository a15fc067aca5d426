import type { Diagnostics, PromptChange } from '../../wire/anthropic/diagnostics.ts'
import type { CacheClass } from './cache-class.ts'
import { classOfChange, type KeptRequest } from './classify.ts'
import { compare, sizeUpTo } from './compare.ts'
import type { Fingerprint } from './fingerprint.ts'
import { pointsReach } from './markers.ts'
import { endOf } from './prompt-positions.ts'

export const unavailable: Diagnostics = { cache_miss_reason: { type: 'unavailable' } }

/** The classes that have a reason of their own. */
const reasons = {
  tools_changed: 'tools_changed',
  system_changed: 'system_changed',
  messages_changed: 'messages_changed',
} as const satisfies Partial<Record<CacheClass, PromptChange>>

const reasonOf = (cacheClass: CacheClass): PromptChange | undefined =>
  Object.hasOwn(reasons, cacheClass) ? reasons[cacheClass as keyof typeof reasons] : undefined

/** The cached tokens of the request before that are behind its first `count` units. */
const missedTokens = ({ fingerprint, cachedTokens }: KeptRequest, count: number): number => {
  const whole = sizeUpTo(fingerprint, endOf(fingerprint) + 1)
  return whole === 0 ? 0 : Math.round(cachedTokens * (1 - sizeUpTo(fingerprint, count) / whole))
}

/** What the request's prompt changed of the prompt before, as far as that is known before the answer (CA-D1). */
export const diagnose = (before: KeptRequest | undefined, after: Fingerprint, modelId: string): Diagnostics | null => {
  if (before === undefined) return { cache_miss_reason: { type: 'previous_message_not_found' } }
  if (before.modelId !== modelId) {
    return { cache_miss_reason: { type: 'model_changed', cache_missed_input_tokens: before.cachedTokens } }
  }
  const { difference, end, reach, isClientEqual } = compare(before.fingerprint, after)
  if (difference === undefined) {
    const isWhole = before.fingerprint.options === after.options
    const isMarked = before.fingerprint.points.length === 0 || pointsReach(after, end)
    return isWhole && isMarked ? null : unavailable
  }
  const type = reasonOf(classOfChange(before.fingerprint, after, difference, isClientEqual))
  if (type === undefined) return unavailable
  return { cache_miss_reason: { type, cache_missed_input_tokens: missedTokens(before, reach) } }
}
