import type { ClientDocument } from '../anthropic-to-converse/document-names.ts'
import type { HourShare } from '../cache-lifetime.ts'

/** What the translation of a response needs from its request. */
export interface ResponseContext {
  /** The model's name in the client's request. */
  readonly model: string
  /** The client requested fine-grained tool streaming, so it accepts an input that is not valid JSON. */
  readonly takesInvalidInput: boolean
  /** The client requested no tokens (`max_tokens: 0`), only to fill the prompt cache. */
  readonly isPrewarm: boolean
  readonly toClientToolName: (name: string) => string
  /** Returns the ids of the conversation's tool uses, in a new set. */
  readonly usedToolUseIds: () => Set<string>
  /** Which citations the client requested; others are removed from the response. */
  readonly keepsCitations: { readonly documents: boolean; readonly searchResults: boolean }
  /** Citations were enabled only for a PDF's pages: the texts that they split are joined again. */
  readonly joinsTexts: boolean
  /** The client's documents in the order in which they were sent, which is Bedrock's index. */
  readonly documents: readonly ClientDocument[]
  /** The client's indices of search results, in the same order. */
  readonly searchResults: readonly number[]
  readonly stopSequences: readonly string[]
  /** Called for parts of a response without a translation: a kind of block, a stop reason. Gets only names. */
  readonly onOddity?: ((what: string) => void) | undefined
  /** By the cache points that were sent. */
  readonly hourShare: HourShare
}

/** Returns a part's name if it is printable. */
export const nameOf = (value: object): string => {
  const [name = ''] = Object.keys(value)
  return /^\w{1,40}$/.test(name) ? name : '(unprintable name)'
}
