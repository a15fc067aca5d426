/** The hash of a text or a value of this number of characters. */
export interface SizedHash {
  readonly hash: bigint
  readonly size: number
}

/**
 * Hashes of the client's texts and objects. Most of what is sent consists of the very same ones, so that they are hashed
 * once; `===` of the same string compares no characters.
 */
export class SharedHashes {
  readonly #values: unknown[] = []
  readonly #hashes: SizedHash[] = []
  /** Index of the first value of each position. */
  readonly #starts: number[] = []

  clear(): void {
    this.#values.length = 0
    this.#hashes.length = 0
    this.#starts.length = 0
  }

  /** Begins the next position. */
  begin(): void {
    this.#starts.push(this.#values.length)
  }

  add(value: unknown, hash: SizedHash): void {
    this.#values.push(value)
    this.#hashes.push(hash)
  }

  /** The hash of a value that the client sent at a position. */
  find(value: unknown, position: number): SizedHash | undefined {
    const end = this.#starts[position + 1] ?? this.#values.length
    for (let index = this.#starts[position] ?? end; index < end; index += 1) {
      if (this.#values[index] === value) return this.#hashes[index]
    }
    return undefined
  }

  /** The hash of the first value at a position. */
  firstAt(position: number): SizedHash | undefined {
    const start = this.#starts[position]
    return start === undefined ? undefined : this.#hashes[start]
  }
}
