import type { ContentHash } from '../../runtime/content-hash.ts'

/** To hash a shorter text again is faster than to find its hash. */
const longCharacters = 4096

/** Texts that may have been left out before a text is found. */
const lookAhead = 8

export const isLong = (text: string): boolean => text.length > longCharacters

/**
 * Hashes of long texts. The client's are the very same as those that are sent, so they are hashed once; `===` of the same
 * string compares no characters.
 */
export class SharedHashes {
  readonly #texts: string[] = []
  readonly #hashes: bigint[] = []
  /** Both have the same order, with few exceptions: the next one is the first to look at. */
  #next = 0

  /** Forgets the texts. */
  clear(): void {
    this.#texts.length = 0
    this.#hashes.length = 0
    this.#next = 0
  }

  /** The hash of a text. */
  hash(text: string, hash: ContentHash): bigint {
    const end = Math.min(this.#texts.length, this.#next + lookAhead)
    for (let index = this.#next; index < end; index += 1) {
      if (this.#texts[index] !== text) continue
      this.#next = index + 1
      return this.#hashes[index] ?? 0n
    }
    const made = hash.text(text)
    this.#texts.push(text)
    this.#hashes.push(made)
    return made
  }
}
