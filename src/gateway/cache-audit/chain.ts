/**
 * Hashes of which each continues the one before: two chains that are equal at an index are equal up to there. So the
 * beginning of a long chain needs only every 64th hash (CA-S2).
 */
export interface Chain {
  readonly length: number
  /** Below this index, only the last hash of each group of 64 is kept. */
  readonly foldedTo: number
  /** Undefined for an index whose hash is not kept, and beyond the end. */
  at(index: number): bigint | undefined
  readonly bytes: number
  /** All hashes; undefined if not all are kept. */
  readonly hashes: BigUint64Array | undefined
}

/** Hashes of one chain that are kept. */
export const maximumHashes = 4096
const keptAtEnd = 2048
const stride = 64
const bytesPerHash = 8

const wholeChain = (hashes: BigUint64Array): Chain => ({
  length: hashes.length,
  foldedTo: 0,
  at: (index) => hashes[index],
  bytes: hashes.byteLength,
  hashes,
})

/** Keeps the last hashes, and of those before them every 64th; no more of them than fit. */
const foldedChain = (hashes: BigUint64Array): Chain => {
  const groups = Math.ceil((hashes.length - keptAtEnd) / stride)
  const firstKept = groups * stride
  const start = Math.max(groups - (maximumHashes - keptAtEnd), 0)
  const folded = new BigUint64Array(groups - start)
  for (let group = start; group < groups; group += 1) folded[group - start] = hashes[(group + 1) * stride - 1] ?? 0n
  const end = hashes.slice(firstKept)
  return {
    length: hashes.length,
    foldedTo: firstKept,
    at(index) {
      if (index >= firstKept) return end[index - firstKept]
      return (index + 1) % stride === 0 ? folded[(index + 1) / stride - 1 - start] : undefined
    },
    bytes: (folded.length + end.length) * bytesPerHash,
    hashes: undefined,
  }
}

const toChain = (hashes: BigUint64Array): Chain =>
  hashes.length > maximumHashes ? foldedChain(hashes) : wholeChain(hashes)

/** A list of hashes that is used again for each request. */
export class GrowingChain {
  #hashes = new BigUint64Array(512)
  #length = 0
  /** To read it from the list takes longer. */
  #last: bigint | undefined

  get length(): number {
    return this.#length
  }

  get last(): bigint | undefined {
    return this.#last
  }

  clear(): void {
    this.#length = 0
    this.#last = undefined
  }

  add(hash: bigint): void {
    this.#makeRoom(1)
    this.#hashes[this.#length] = hash
    this.#length += 1
    this.#last = hash
  }

  /** Adds a part of another chain, which continues this one. */
  addAll(hashes: BigUint64Array): void {
    if (hashes.length === 0) return
    this.#makeRoom(hashes.length)
    this.#hashes.set(hashes, this.#length)
    this.#length += hashes.length
    this.#last = hashes[hashes.length - 1]
  }

  #makeRoom(count: number): void {
    if (this.#length + count <= this.#hashes.length) return
    const larger = new BigUint64Array((this.#length + count) * 2)
    larger.set(this.#hashes)
    this.#hashes = larger
  }

  /** A copy. */
  take(): Chain {
    return toChain(this.#hashes.slice(0, this.#length))
  }
}

/**
 * The first index below `end` at which the chains are known to differ, or at which one of them has ended; `end` if they
 * are equal.
 */
export const firstDifference = (left: Chain, right: Chain, end: number): number => {
  const length = Math.min(end, left.length, right.length)
  const folded = Math.max(left.foldedTo, right.foldedTo)
  const groups = folded / stride
  const indexOf = (place: number): number => (place < groups ? (place + 1) * stride - 1 : folded + (place - groups))
  let low = 0
  let high = length < folded ? Math.floor(length / stride) : groups + length - folded
  const places = high
  while (low < high) {
    const middle = (low + high) >> 1
    const index = indexOf(middle)
    if (left.at(index) === right.at(index)) low = middle + 1
    else high = middle
  }
  return low === places ? length : indexOf(low)
}
