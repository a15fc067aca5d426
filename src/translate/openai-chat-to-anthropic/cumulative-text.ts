/** Shorter pieces may repeat the beginning of a text by chance. */
const tellingLength = 16
/** Pieces in a row that repeat the whole text before them. */
const tellingRepetitions = 2

/**
 * Finds out whether a stream repeats all text so far in each piece (OU-S13), and gives out what is new. From the stream's
 * beginning on, a piece that repeats the one before it is held until the next one says how it was meant.
 */
export class CumulativeText {
  #state: 'unsure' | 'cumulative' | 'incremental' = 'unsure'
  /** The latest piece: all text so far, if pieces are cumulative. */
  #total = ''
  /** How much of the total has been given out. */
  #givenLength = 0
  /** Pieces that are not given out. */
  #held = ''
  #repetitions = 0

  /** The new text of a piece, behind what was held; empty where it has to wait. */
  push(piece: string): string {
    if (this.#state === 'incremental') return piece
    if (this.#state === 'cumulative') return this.#takeNew(piece)
    const isRepetition = this.#total !== '' && piece.startsWith(this.#total)
    if (!isRepetition && this.#total !== '') return this.flush() + piece
    this.#total = piece
    if (!isRepetition) {
      this.#givenLength = piece.length
      return piece
    }
    this.#held += piece
    this.#repetitions = piece.length >= tellingLength ? this.#repetitions + 1 : 0
    if (this.#repetitions < tellingRepetitions) return ''
    this.#state = 'cumulative'
    this.#held = ''
    return this.#takeNew(piece)
  }

  /** Gives out what is held: too few pieces repeated each other. */
  flush(): string {
    const held = this.#held
    this.#held = ''
    if (this.#state === 'unsure' && this.#total !== '') this.#state = 'incremental'
    return held
  }

  #takeNew(piece: string): string {
    const isWhole = piece.startsWith(this.#total)
    const text = isWhole ? piece.slice(this.#givenLength) : piece
    this.#total = isWhole ? piece : this.#total + piece
    this.#givenLength = this.#total.length
    return text
  }
}
