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

interface Step {
  readonly tokens: number
  /** Hash of everything up to and including this block. */
  readonly hash: bigint
  readonly cachePoint?: CachePoint
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

const stepsOf = (modelId: string, body: ConverseRequest): Step[] => {
  const blocks = blocksOf(body)
  const steps: Step[] = []
  let hash = Bun.hash(modelId) as bigint
  for (const block of blocks) {
    const last = steps.at(-1)
    if ('cachePoint' in block) {
      if (last !== undefined) steps[steps.length - 1] = { ...last, cachePoint: block.cachePoint as CachePoint }
      continue
    }
    hash = Bun.hash(JSON.stringify(block), hash) as bigint
    steps.push({ tokens: blockTokens(block), hash })
  }
  return steps
}

const sum = (steps: readonly Step[]): number => steps.reduce((total, step) => total + step.tokens, 0)

/** Written tokens have the lifetime of the next cache point after them. */
const lifetimesOf = (written: readonly Step[]): { ttl: '5m' | '1h'; inputTokens: number }[] => {
  const tokens = { '5m': 0, '1h': 0 }
  let unmarked = 0
  for (const step of written) {
    unmarked += step.tokens
    if (step.cachePoint === undefined) continue
    tokens[step.cachePoint.ttl ?? '5m'] += unmarked
    unmarked = 0
  }
  return (['1h', '5m'] as const).filter((ttl) => tokens[ttl] > 0).map((ttl) => ({ ttl, inputTokens: tokens[ttl] }))
}

/** Number of remembered prefixes; beyond it, the oldest are removed. */
const maximumPrefixes = 10_000

/** A prompt cache. It ignores the lifetimes. */
export const createPromptCache = () => {
  const cached = new Set<bigint>()
  const remember = (hash: bigint): void => {
    cached.add(hash)
    const [oldest] = cached
    if (cached.size > maximumPrefixes && oldest !== undefined) cached.delete(oldest)
  }
  return {
    /** Counts a request, reads what is cached of it, and caches what it marks. */
    meter(modelId: string, body: ConverseRequest): TokenUsage {
      const steps = stepsOf(modelId, body)
      const lastPoint = steps.findLastIndex((step) => step.cachePoint !== undefined)
      const read = steps.slice(0, lastPoint + 1).findLastIndex((step) => cached.has(step.hash))
      for (const step of steps) if (step.cachePoint !== undefined) remember(step.hash)

      const written = steps.slice(read + 1, lastPoint + 1)
      const inputTokens = sum(steps.slice(lastPoint + 1))
      if (lastPoint === -1) return { inputTokens, outputTokens: 0, totalTokens: inputTokens }
      const cacheReadInputTokens = sum(steps.slice(0, read + 1))
      const cacheWriteInputTokens = sum(written)
      return {
        inputTokens,
        outputTokens: 0,
        totalTokens: inputTokens + cacheReadInputTokens + cacheWriteInputTokens,
        cacheReadInputTokens,
        cacheWriteInputTokens,
        cacheDetails: lifetimesOf(written),
      }
    },
  }
}
