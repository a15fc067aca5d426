import { compactHistogram, latenciesOf } from './histogram.ts'
import type { UsageFigures } from './usage-report.ts'

/** Sums of requests: what the history keeps for a quarter of an hour, and what reports add up. */
export interface Sums {
  readonly requests: number
  readonly failed: number
  readonly refused: number
  readonly cancelled: number
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly cacheWrite1h: number
  readonly output: number
  /** Null if no request has a price. */
  readonly cost: number | null
  readonly unpriced: number
  /** Those of them whose use is not known. */
  readonly unmeasured: number
  /** Text of `histogram.ts`. */
  readonly latencies: string
}

export const noSums: Sums = {
  requests: 0,
  failed: 0,
  refused: 0,
  cancelled: 0,
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
  output: 0,
  cost: null,
  unpriced: 0,
  unmeasured: 0,
  latencies: '',
}

const addCost = (one: number | null, other: number | null): number | null => (one === null ? other : one + (other ?? 0))

/** A longer text is compacted: a report may add thousands of rows. */
const longestText = 200

const joinLatencies = (one: string, other: string): string => {
  const joined = one + other
  return joined.length > longestText ? compactHistogram(joined) : joined
}

export const addSums = (one: Sums, other: Sums): Sums => ({
  requests: one.requests + other.requests,
  failed: one.failed + other.failed,
  refused: one.refused + other.refused,
  cancelled: one.cancelled + other.cancelled,
  input: one.input + other.input,
  cacheRead: one.cacheRead + other.cacheRead,
  cacheWrite: one.cacheWrite + other.cacheWrite,
  cacheWrite1h: one.cacheWrite1h + other.cacheWrite1h,
  output: one.output + other.output,
  cost: addCost(one.cost, other.cost),
  unpriced: one.unpriced + other.unpriced,
  unmeasured: one.unmeasured + other.unmeasured,
  latencies: joinLatencies(one.latencies, other.latencies),
})

/** Input of any kind, and output. */
export const allTokens = ({ input, cacheRead, cacheWrite, output }: Sums): number =>
  input + cacheRead + cacheWrite + output

const rateDecimals = 1000
/** Hides the rounding errors of sums: prices have fewer decimals. */
const costDecimals = 1e9

const rounded = (value: number, parts: number): number => Math.round(value * parts) / parts

export const roundedRate = (share: number): number => rounded(share, rateDecimals)
export const roundedCost = (cost: number): number => rounded(cost, costDecimals)

export const toFigures = (sums: Sums): UsageFigures => {
  const { requests, failed, refused, cancelled, input, cacheRead, cacheWrite, output, cost, unpriced } = sums
  const allInput = input + cacheRead + cacheWrite
  return {
    requests,
    failed,
    refused,
    cancelled,
    inputTokens: input,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    outputTokens: output,
    ...(allInput > 0 && { cacheHitRate: roundedRate(cacheRead / allInput) }),
    ...(cost !== null && { cost: roundedCost(cost) }),
    unpriced,
    ...latenciesOf(sums.latencies),
  }
}
