/** The hash of a text or a value of this number of characters. */
export interface SizedHash {
  readonly hash: bigint
  readonly size: number
}

/**
 * Hashes of the client's texts and objects. Most of what is sent consists of the very same ones, so that they are hashed
 * once; `===` of the same string compares no characters. The lists keep their length from one request to the next: to
 * grow them again takes longer than to fill them.
 */
export class SharedHashes {
  readonly #values: unknown[] = []
  readonly #hashes: bigint[] = []
  readonly #sizes: number[] = []
  /** Index of the first value of each position. */
  readonly #starts: number[] = []
  #count = 0
  #positions = 0

  /** Forgets the values. */
  clear(): void {
    this.#values.fill(undefined, 0, this.#count)
    this.#count = 0
    this.#positions = 0
  }

  /** Begins this position. */
  begin(position: number): void {
    this.#starts[position] = this.#count
    this.#positions = position + 1
  }

  add(value: unknown, hash: bigint, size: number): void {
    const count = this.#count
    this.#values[count] = value
    this.#hashes[count] = hash
    this.#sizes[count] = size
    this.#count = count + 1
  }

  /** The index of a value that the client sent at a position; -1 if it did not. */
  find(value: unknown, position: number): number {
    if (position < 0 || position >= this.#positions) return -1
    const end = position + 1 === this.#positions ? this.#count : (this.#starts[position + 1] ?? 0)
    for (let index = this.#starts[position] ?? end; index < end; index += 1) {
      if (this.#values[index] === value) return index
    }
    return -1
  }

  hash(index: number): bigint {
    return this.#hashes[index] ?? 0n
  }

  size(index: number): number {
    return this.#sizes[index] ?? 0
  }

  /** The hash of the first value at a position; undefined if it has none. */
  firstAt(position: number): bigint | undefined {
    const start = position < this.#positions ? this.#starts[position] : undefined
    return start === undefined || start >= this.#count ? undefined : this.#hashes[start]
  }
}
