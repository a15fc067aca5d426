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
  readonly #hashes: bigint[] = []
  readonly #sizes: number[] = []
  /** Index of the first value of each position. */
  readonly #starts: number[] = []

  clear(): void {
    this.#values.length = 0
    this.#hashes.length = 0
    this.#sizes.length = 0
    this.#starts.length = 0
  }

  /** Begins this position. */
  begin(position: number): void {
    this.#starts[position] = this.#values.length
  }

  add(value: unknown, hash: bigint, size: number): void {
    this.#values.push(value)
    this.#hashes.push(hash)
    this.#sizes.push(size)
  }

  /** The index of a value that the client sent at a position; -1 if it did not. */
  find(value: unknown, position: number): number {
    const values = this.#values
    const end = this.#starts[position + 1] ?? values.length
    for (let index = this.#starts[position] ?? end; index < end; index += 1) if (values[index] === value) return index
    return -1
  }

  hash(index: number): bigint {
    return this.#hashes[index] ?? 0n
  }

  size(index: number): number {
    return this.#sizes[index] ?? 0
  }

  /** The hash of the first value at a position. */
  firstAt(position: number): bigint | undefined {
    const start = this.#starts[position]
    return start === undefined ? undefined : this.#hashes[start]
  }
}
