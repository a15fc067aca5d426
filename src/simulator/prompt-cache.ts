import { setMostRecent } from '../base/lru.ts'
import type { ConverseRequest } from '../wire/converse/request.ts'
import type { TokenUsage } from '../wire/converse/response.ts'
import { type CacheLifetime, type PromptStep, stepsOf } from './tokens.ts'

/** The prompt cache of the simulated upstreams. */

/** Milliseconds. */
const lifetimes: Readonly<Record<CacheLifetime, number>> = { '5m': 300_000, '1h': 3_600_000 }

export interface CacheOptions {
  /** The time in milliseconds. Default: the clock. */
  readonly now?: () => number
  /** The shortest prefix to cache, in tokens, instead of the model's own. */
  readonly minimumTokens?: number
}

/** In tokens. */
export interface MeteredPrompt {
  /** Neither read from the cache nor written to it. */
  readonly uncached: number
  readonly read: number
  readonly written: Readonly<Record<CacheLifetime, number>>
  readonly hasMarks: boolean
}

/** Number of remembered prefixes; beyond it, the least recently used are removed. */
const maximumPrefixes = 10_000

export interface PrefixMemory {
  /** Counts a prompt, reads what is cached of it, and caches what it marks. */
  meter(steps: readonly PromptStep[], minimumTokens?: number): MeteredPrompt
  /** Forgets every prefix. */
  evict(): void
}

const sum = (steps: readonly PromptStep[]): number => steps.reduce((total, step) => total + step.tokens, 0)

/** Written tokens have the lifetime of the next mark after them. */
const lifetimesOf = (written: readonly PromptStep[]): Readonly<Record<CacheLifetime, number>> => {
  const tokens = { '5m': 0, '1h': 0 }
  let unmarked = 0
  for (const step of written) {
    unmarked += step.tokens
    if (step.ttl === undefined) continue
    tokens[step.ttl] += unmarked
    unmarked = 0
  }
  return tokens
}

const isMarked = ({ ttl }: PromptStep): boolean => ttl !== undefined

/** A mark at the end of a prefix that is too short has no effect. */
const withoutShortPrefixes = (steps: readonly PromptStep[], minimumTokens: number): readonly PromptStep[] => {
  let length = 0
  return steps.map(({ ttl, ...step }) => {
    length += step.tokens
    return ttl !== undefined && length >= minimumTokens ? { ...step, ttl } : step
  })
}

interface CachedPrefix {
  readonly lifetime: CacheLifetime
  /** Milliseconds. */
  readonly usedAt: number
}

/** A prompt cache. Each use of a prefix starts its lifetime again, also that of the shorter prefixes in it. */
export const createPrefixMemory = ({ now = Date.now }: Pick<CacheOptions, 'now'> = {}): PrefixMemory => {
  const cached = new Map<bigint, CachedPrefix>()
  const lifetimeAt = (hash: bigint, time: number): CacheLifetime | undefined => {
    const prefix = cached.get(hash)
    return prefix !== undefined && time - prefix.usedAt < lifetimes[prefix.lifetime] ? prefix.lifetime : undefined
  }
  return {
    meter(given, minimumTokens = 0) {
      const time = now()
      const steps = minimumTokens === 0 ? given : withoutShortPrefixes(given, minimumTokens)
      const lastMark = steps.findLastIndex(isMarked)
      const read = steps.slice(0, lastMark + 1).findLastIndex(({ hash }) => lifetimeAt(hash, time) !== undefined)
      for (const { hash, ttl } of steps.slice(0, lastMark + 1)) {
        const lifetime = lifetimeAt(hash, time) ?? ttl
        if (lifetime !== undefined) setMostRecent(cached, hash, { lifetime, usedAt: time }, maximumPrefixes)
      }
      return {
        uncached: sum(steps.slice(lastMark + 1)),
        read: sum(steps.slice(0, read + 1)),
        written: lifetimesOf(steps.slice(read + 1, lastMark + 1)),
        hasMarks: given.some(isMarked),
      }
    },
    evict: () => cached.clear(),
  }
}

/** The prompt cache of Converse. */
export const createPromptCache = ({ minimumTokens, ...options }: CacheOptions = {}) => {
  const memory = createPrefixMemory(options)
  return {
    evict: memory.evict,
    meter(modelId: string, body: ConverseRequest, modelMinimum = 0): TokenUsage {
      const steps = stepsOf(modelId, body)
      const { uncached: inputTokens, read, written, hasMarks } = memory.meter(steps, minimumTokens ?? modelMinimum)
      if (!hasMarks) return { inputTokens, outputTokens: 0, totalTokens: inputTokens }
      const cacheWriteInputTokens = written['5m'] + written['1h']
      return {
        inputTokens,
        outputTokens: 0,
        totalTokens: inputTokens + read + cacheWriteInputTokens,
        cacheReadInputTokens: read,
        cacheWriteInputTokens,
        cacheDetails: (['1h', '5m'] as const)
          .filter((ttl) => written[ttl] > 0)
          .map((ttl) => ({ ttl, inputTokens: written[ttl] })),
      }
    },
  }
}
