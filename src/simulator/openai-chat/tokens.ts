import { countTokens } from '../tokens.ts'
import type { ChatBody } from './schema.ts'

/** Counts the prompt of a Chat Completions request with the simulated tokenizer. */

/** Tokens of an image or a file, for any content. */
const mediaTokens = 1500
const mediaMembers = ['image_url', 'file', 'document_url', 'input_audio']

/** Counts every string of a value, and the names of its members. */
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

/** Tokens. OpenAI does not cache shorter prompts, and counts cached tokens in steps. */
const smallestCachedPrompt = 1024
const cacheStep = 128

/** Limit of remembered prefixes; the oldest one is removed first. */
const maximumPrefixes = 10_000

export interface PrefixCache {
  /** Tokens of the prompt, and of the longest beginning that it shares with an earlier prompt of the same key. */
  meter(body: ChatBody, key: string): { readonly prompt: number; readonly cached: number }
}

/** The automatic prompt cache: it remembers every prompt, message by message. */
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
