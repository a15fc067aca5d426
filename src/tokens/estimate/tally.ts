import type { MediaRuler } from './media.ts'
import { textTokens } from './text.ts'
import type { Tokenizer } from './tokenizer.ts'

/** What a part of a request costs, by kinds that are not equally sure. In tokens, not rounded. */
export interface Tokens {
  /** Words, and what stands around them. */
  readonly text: number
  /** Words of thinking: some models drop those of earlier turns. */
  readonly thinking: number
  /** Pictures and pages: their formula is Anthropic's own, and what is learnt about words must not touch it. */
  readonly media: number
  /** How many things there are that cost something which nobody but the upstream can see. */
  readonly unseen: number
}

/** Adds up what a part of a request costs. */
export interface Tally extends Tokens {
  addText(tokens: number): void
  addWords(words: string | null | undefined): void
  addThinking(words: string): void
  /** A value that the model reads as JSON. */
  addJson(value: unknown): void
  addImage(base64: string): void
  addPdf(base64: string): void
  addUnseen(): void
}

/** An empty tally, with the model's weights for words and a ruler for what is none. */
export const createTally = (tokenizer: Tokenizer, ruler: MediaRuler): Tally => {
  let text = 0
  let thinking = 0
  let media = 0
  let unseen = 0
  const addWords = (words: string | null | undefined): void => {
    if (words) text += textTokens(words, tokenizer)
  }
  return {
    get text() {
      return text
    },
    get thinking() {
      return thinking
    },
    get media() {
      return media
    },
    get unseen() {
      return unseen
    },
    addText(tokens) {
      text += tokens
    },
    addWords,
    addThinking(words) {
      thinking += textTokens(words, tokenizer)
    },
    addJson: (value) => addWords(JSON.stringify(value)),
    addImage(base64) {
      media += ruler.image(base64, tokenizer)
    },
    addPdf(base64) {
      media += ruler.pdf(base64)
    },
    addUnseen() {
      unseen += 1
    },
  }
}
