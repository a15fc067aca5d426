import type { CachePoint } from '../wire/converse/content.ts'
import type { ConverseRequest } from '../wire/converse/request.ts'

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

export type CacheLifetime = NonNullable<CachePoint['ttl']>

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

/** The steps of a prompt for its cache, which each model has for itself. */
export const stepsOf = (modelId: string, body: ConverseRequest): PromptStep[] => {
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
