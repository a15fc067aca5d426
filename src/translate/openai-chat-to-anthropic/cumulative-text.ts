/** Characters. Shorter pieces may repeat the beginning of a text by chance. */
const tellingLength = 16
/** This number of pieces in a row that repeat the whole text before them proves a cumulative stream. */
const tellingRepetitions = 2

/**
 * Detects a stream that repeats all earlier text in each piece (OU-S13), and returns only new text. At the start of the
 * stream, it holds a piece that repeats the one before it, until a later piece shows which kind of stream this is.
 */
export class CumulativeText {
  #state: 'unsure' | 'cumulative' | 'incremental' = 'unsure'
  /** The latest piece: all text so far, if pieces are cumulative. */
  #total = ''
  /** Length of the part of the total that has been returned. */
  #givenLength = 0
  /** Pieces that have not been returned. */
  #held = ''
  #repetitions = 0

  /** Returns the new text of a piece, after the held text; empty if the piece has to wait. */
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

  /** Returns the held text: too few pieces repeated each other. */
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
