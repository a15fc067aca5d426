import { textTokens } from './text.ts'
import type { Tokenizer } from './tokenizer.ts'

/**
 * Adds up what parts cost. Pictures and pages are kept apart from words: their formula is Anthropic's
 * own, and what is learnt about words must not touch it.
 */
export interface Tally {
  readonly tokenizer: Tokenizer
  readonly text: number
  readonly media: number
  addText(tokens: number): void
  addMedia(tokens: number): void
  addWords(words: string | null | undefined): void
  /** A value that the model reads as JSON. */
  addJson(value: unknown): void
}

export const createTally = (tokenizer: Tokenizer): Tally => {
  let text = 0
  let media = 0
  const addWords = (words: string | null | undefined): void => {
    if (words) text += textTokens(words, tokenizer)
  }
  return {
    tokenizer,
    get text() {
      return text
    },
    get media() {
      return media
    },
    addText(tokens) {
      text += tokens
    },
    addMedia(tokens) {
      media += tokens
    },
    addWords,
    addJson: (value) => addWords(JSON.stringify(value)),
  }
}
