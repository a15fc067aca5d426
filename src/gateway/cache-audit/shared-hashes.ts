/** To hash a shorter text again is faster than to find its hash. */
const longCharacters = 4096

/** Texts that may have been left out before a text is found. */
const lookAhead = 8

export const isLong = (text: string): boolean => text.length > longCharacters

/**
 * Hashes of the client's long texts. What is sent has the very same ones, so that they are hashed once; `===` of the same
 * string compares no characters.
 */
export class SharedHashes {
  readonly #texts: string[] = []
  readonly #hashes: bigint[] = []
  /** Texts are sent in the order of the client, with few exceptions: the next one is the first to look at. */
  #next = 0

  /** Forgets the texts. */
  clear(): void {
    this.#texts.length = 0
    this.#hashes.length = 0
    this.#next = 0
  }

  /** Returns the hash. */
  add(text: string, hash: bigint): bigint {
    this.#texts.push(text)
    this.#hashes.push(hash)
    return hash
  }

  /** The hash of a text that the client sent; undefined if it is not one of the next. */
  find(text: string): bigint | undefined {
    const end = Math.min(this.#texts.length, this.#next + lookAhead)
    for (let index = this.#next; index < end; index += 1) {
      if (this.#texts[index] !== text) continue
      this.#next = index + 1
      return this.#hashes[index]
    }
    return undefined
  }
}
