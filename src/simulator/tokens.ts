import type { CachePoint } from '../wire/converse/content.ts'
import type { ConverseRequest } from '../wire/converse/request.ts'
import type { TokenUsage } from '../wire/converse/response.ts'

/** The simulated model's tokenizer: words of up to six letters, three digits, single signs. */
const tokenPattern = /[A-Za-z]{1,6}|\d{1,3}|[^\sA-Za-z\d]|\n+/gu

export const countTokens = (text: string): number => text.match(tokenPattern)?.length ?? 0

/** Tokens of any image or document. */
const mediaTokens = 1500

/** Counts every string of a block except its bytes. */
const blockTokens = (value: unknown): number => {
  if (typeof value === 'string') return countTokens(value)
  if (typeof value !== 'object' || value === null) return value === undefined ? 0 : 1
  if ('bytes' in value) return mediaTokens
  return Object.entries(value).reduce(
    (sum, [key, inner]) => sum + (Array.isArray(value) ? 0 : countTokens(key)) + blockTokens(inner),
    0,
  )
}

type CacheLifetime = NonNullable<CachePoint['ttl']>

const defaultLifetime = '5m'

/** One block of a prompt. */
export interface PromptStep {
  readonly tokens: number
  /** Hash of everything up to and including this block. */
  readonly hash: bigint
  /** For a block that marks the end of a prefix to cache. */
  readonly ttl?: CacheLifetime
}

/** The prompt as the model reads it: tools, system, messages, block by block. */
const blocksOf = ({ toolConfig, system = [], messages }: ConverseRequest): object[] => [
  ...(toolConfig?.tools ?? []),
  ...system,
  ...messages.flatMap(({ role, content }) => [{ role }, ...content]),
]

/** Tokens of a whole request. */
export const countRequest = (body: ConverseRequest): number =>
  blocksOf(body).reduce((total, block) => total + ('cachePoint' in block ? 0 : blockTokens(block)), 0)

const stepsOf = (modelId: string, body: ConverseRequest): PromptStep[] => {
  const blocks = blocksOf(body)
  const steps: PromptStep[] = []
  let hash = Bun.hash(modelId) as bigint
  for (const block of blocks) {
    const last = steps.at(-1)
    if ('cachePoint' in block) {
      if (last !== undefined) {
        steps[steps.length - 1] = { ...last, ttl: (block.cachePoint as CachePoint).ttl ?? defaultLifetime }
      }
      continue
    }
    hash = Bun.hash(JSON.stringify(block), hash) as bigint
    steps.push({ tokens: blockTokens(block), hash })
  }
  return steps
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

/** In tokens. */
export interface MeteredPrompt {
  /** Neither read from the cache nor written to it. */
  readonly uncached: number
  readonly read: number
  readonly written: Readonly<Record<CacheLifetime, number>>
  readonly hasMarks: boolean
}

/** Number of remembered prefixes; beyond it, the oldest are removed. */
const maximumPrefixes = 10_000

export interface PrefixMemory {
  /** Counts a prompt, reads what is cached of it, and caches what it marks. */
  meter(steps: readonly PromptStep[]): MeteredPrompt
}

/** A prompt cache. It ignores the lifetimes. */
export const createPrefixMemory = (): PrefixMemory => {
  const cached = new Set<bigint>()
  const remember = (hash: bigint): void => {
    cached.add(hash)
    const [oldest] = cached
    if (cached.size > maximumPrefixes && oldest !== undefined) cached.delete(oldest)
  }
  return {
    meter(steps) {
      const lastMark = steps.findLastIndex((step) => step.ttl !== undefined)
      const read = steps.slice(0, lastMark + 1).findLastIndex((step) => cached.has(step.hash))
      for (const step of steps) if (step.ttl !== undefined) remember(step.hash)
      return {
        uncached: sum(steps.slice(lastMark + 1)),
        read: sum(steps.slice(0, read + 1)),
        written: lifetimesOf(steps.slice(read + 1, lastMark + 1)),
        hasMarks: lastMark !== -1,
      }
    },
  }
}

/** The prompt cache of Converse. */
export const createPromptCache = () => {
  const memory = createPrefixMemory()
  return {
    meter(modelId: string, body: ConverseRequest): TokenUsage {
      const { uncached: inputTokens, read, written, hasMarks } = memory.meter(stepsOf(modelId, body))
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
