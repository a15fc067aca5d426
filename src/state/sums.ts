import type { Sums } from './shared-state.ts'

/** Arithmetic of what clients used. */

export const noSums: Sums = { tokens: 0, requests: 0, cost: 0 }

export const plus = (one: Sums, other: Sums): Sums => ({
  tokens: one.tokens + other.tokens,
  requests: one.requests + other.requests,
  cost: one.cost + other.cost,
})
