import type { InputMessage } from '../../wire/anthropic/request.ts'
import { countTokens, type PromptStep } from '../tokens.ts'
import { blocksOf, type CheckedBody } from './rule.ts'

/** Counts the prompt of a messages request with the simulated tokenizer. */

/** Tokens of an image or a document, for any content. */
const mediaTokens = 1500

/** Counts every string of a value, and the names of its members. */
const tokensOf = (value: unknown): number => {
  if (typeof value === 'string') return countTokens(value)
  if (typeof value !== 'object' || value === null) return value === undefined ? 0 : 1
  if ('type' in value && value.type === 'base64') return mediaTokens
  return Object.entries(value).reduce(
    (sum, [name, inner]) => sum + (Array.isArray(value) ? 0 : countTokens(name)) + tokensOf(inner),
    0,
  )
}

type Part = Readonly<Record<string, unknown>>

const partsOf = (message: InputMessage): Part[] => [{ role: message.role }, ...blocksOf(message)]

/** The prompt as the model reads it: tools, system, messages, block by block. */
const promptOf = ({ tools, system, messages }: CheckedBody): Part[] => [
  ...(tools ?? []),
  ...(typeof system === 'string' ? [{ type: 'text', text: system }] : (system ?? [])),
  ...messages.flatMap(partsOf),
]

/** Tokens of a whole request. */
export const countPrompt = (body: CheckedBody): number =>
  promptOf(body).reduce((sum, { cache_control: _, ...part }) => sum + tokensOf(part), 0)

const lifetimeOf = (mark: unknown): PromptStep['ttl'] => {
  if (typeof mark !== 'object' || mark === null) return undefined
  return 'ttl' in mark && mark.ttl === '1h' ? '1h' : '5m'
}

/** The steps of a prompt for its cache. A mark of the whole request is at its last block. */
export const stepsOf = (body: CheckedBody): PromptStep[] => {
  const parts = promptOf(body)
  let hash = Bun.hash(body.model) as bigint
  return parts.map(({ cache_control: mark, ...part }, index) => {
    hash = Bun.hash(JSON.stringify(part), hash) as bigint
    const ttl = lifetimeOf(mark) ?? (index === parts.length - 1 ? lifetimeOf(body.cache_control) : undefined)
    return { tokens: tokensOf(part), hash, ...(ttl && { ttl }) }
  })
}
