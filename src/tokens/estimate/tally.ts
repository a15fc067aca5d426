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

/** Adds up what a part of a request costs, by the model's weights for words and a ruler for what is none. */
export class Tally implements Tokens {
  text = 0
  thinking = 0
  media = 0
  unseen = 0
  readonly #tokenizer: Tokenizer
  readonly #ruler: MediaRuler

  constructor(tokenizer: Tokenizer, ruler: MediaRuler) {
    this.#tokenizer = tokenizer
    this.#ruler = ruler
  }

  addText(tokens: number): void {
    this.text += tokens
  }

  addWords(words: string | null | undefined): void {
    if (words) this.text += textTokens(words, this.#tokenizer)
  }

  addThinking(words: string): void {
    this.thinking += textTokens(words, this.#tokenizer)
  }

  /** A value that the model reads as JSON. */
  addJson(value: unknown): void {
    this.addWords(JSON.stringify(value))
  }

  addImage(base64: string): void {
    this.media += this.#ruler.image(base64, this.#tokenizer)
  }

  addPdf(base64: string): void {
    this.media += this.#ruler.pdf(base64)
  }

  addUnseen(): void {
    this.unseen += 1
  }
}
