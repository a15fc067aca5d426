import type { MediaRuler } from './media.ts'
import { textTokens } from './text.ts'
import type { Tokenizer } from './tokenizer.ts'

/** Tokens of a part of a request, not rounded, by kinds that differ in certainty. */
export interface Tokens {
  /** Words and framing. */
  readonly text: number
  /** Words of thinking: some models drop the thinking of earlier turns. */
  readonly thinking: number
  /** Images and pages: they have Anthropic's own formula, and the calibration does not apply to them. */
  readonly media: number
  /** Number of parts whose cost only the upstream can see. */
  readonly unseen: number
}

/** Adds up the tokens of a part of a request, with the model's weights for words and a ruler for media. */
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
