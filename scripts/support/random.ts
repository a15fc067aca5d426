/** Pseudo-random numbers, the same for the same seed on every machine. */
export interface Random {
  /** From 0 to below 1. */
  next(): number
  /** A whole number below the bound. */
  below(bound: number): number
  chance(probability: number): boolean
  pick<T>(options: readonly T[]): T
}

/** The bits of the golden ratio: they spread neighbouring numbers. */
const spread = 0x9e3779b9
const range = 2 ** 32

/** Mulberry32. Different streams of one seed are independent. */
export const createRandom = (seed: number, stream = 0): Random => {
  let state = (Math.imul(seed, spread) ^ Math.imul(stream + 1, 0x85ebca6b)) >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / range
  }
  const below = (bound: number): number => Math.floor(next() * bound)
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick<T>(options: readonly T[]): T {
      return options[below(options.length)] as T
    },
  }
}
