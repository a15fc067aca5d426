import type { ClientDocument } from '../anthropic-to-converse/document-names.ts'

/** What the translation of an answer must know of its request. */
export interface ResponseContext {
  /** The model's name as the client asked for it. */
  readonly model: string
  /** The client asked for fine-grained tool streaming, by which it takes an input that is not valid JSON. */
  readonly takesInvalidInput: boolean
  /** The client asked for no token at all (`max_tokens: 0`): only the prompt cache was to be filled. */
  readonly isPrewarm: boolean
  readonly toClientToolName: (name: string) => string
  /** The ids of the conversation's tool uses, in a set of its own. */
  readonly usedToolUseIds: () => Set<string>
  /** Which citations in the answer are the client's wish; others are taken out. */
  readonly keepsCitations: { readonly documents: boolean; readonly searchResults: boolean }
  /** Citations were switched on for the sake of a PDF's pictures: the texts they cut apart are joined again. */
  readonly joinsTexts: boolean
  /** The client's documents in the order in which they were sent, by which Bedrock counts them. */
  readonly documents: readonly ClientDocument[]
  /** The places of the client's search results, likewise. */
  readonly searchResults: readonly number[]
  readonly stopSequences: readonly string[]
  /** Hears of what an answer holds and has no translation: a kind of block, a stop reason. Names alone. */
  readonly onOddity?: (what: string) => void
  /** Every cache point of the request was for an hour. */
  readonly cachesForAnHour: boolean
}

/** The name of what is in an answer, where it can be printed. */
export const nameOf = (value: object): string => {
  const [name = ''] = Object.keys(value)
  return /^\w{1,40}$/.test(name) ? name : '(unprintable name)'
}
