import type { Sums } from './shared-state.ts'

/** Arithmetic of what clients used. */

export const noSums: Sums = { tokens: 0, requests: 0, cost: 0 }

export const combine = (one: Sums, other: Sums, figure: (one: number, other: number) => number): Sums => ({
  tokens: figure(one.tokens, other.tokens),
  requests: figure(one.requests, other.requests),
  cost: figure(one.cost, other.cost),
})

export const plus = (one: Sums, other: Sums): Sums => combine(one, other, (left, right) => left + right)
