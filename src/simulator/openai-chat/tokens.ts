import { countTokens } from '../tokens.ts'
import type { ChatBody } from './schema.ts'

/** The prompt of a Chat Completions request, counted with the simulated tokenizer. */

/** What an image or a file costs, whatever is in it. */
const mediaTokens = 1500
const mediaMembers = ['image_url', 'file', 'document_url', 'input_audio']

/** Every string of a value, and the names of its members. */
const tokensOf = (value: unknown): number => {
  if (typeof value === 'string') return countTokens(value)
  if (typeof value !== 'object' || value === null) return value === undefined ? 0 : 1
  return Object.entries(value).reduce((sum, [name, inner]) => {
    if (mediaMembers.includes(name)) return sum + mediaTokens
    return sum + (Array.isArray(value) ? 0 : countTokens(name)) + tokensOf(inner)
  }, 0)
}

/** The prompt as the model reads it: tools, then messages. */
const blocksOf = ({ tools = [], messages }: ChatBody): readonly object[] => [...tools, ...messages]

/** Tokens of a whole request. */
export const countPrompt = (body: ChatBody): number => blocksOf(body).reduce((sum, block) => sum + tokensOf(block), 0)

/** OpenAI caches no shorter prompt, and counts what it read in steps. */
const smallestCachedPrompt = 1024
const cacheStep = 128

/** Prefixes that are remembered: the oldest give way. */
const maximumPrefixes = 10_000

export interface PrefixCache {
  /** Tokens of the prompt, and how many of them an earlier prompt of that key began with. */
  meter(body: ChatBody, key: string): { readonly prompt: number; readonly cached: number }
}

/** The automatic prompt cache: every prompt is remembered, message by message. */
export const createPrefixCache = (): PrefixCache => {
  const remembered = new Set<bigint>()
  const remember = (hash: bigint): void => {
    remembered.add(hash)
    const [oldest] = remembered
    if (remembered.size > maximumPrefixes && oldest !== undefined) remembered.delete(oldest)
  }
  return {
    meter(body, key) {
      let hash = Bun.hash(key) as bigint
      let prompt = 0
      let read = 0
      for (const block of blocksOf(body)) {
        hash = Bun.hash(JSON.stringify(block), hash) as bigint
        prompt += tokensOf(block)
        if (remembered.has(hash)) read = prompt
        else remember(hash)
      }
      const cached = prompt < smallestCachedPrompt ? 0 : read - (read % cacheStep)
      return { prompt, cached }
    },
  }
}
