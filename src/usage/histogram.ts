import type { Percentiles } from './usage-report.ts'

/**
 * Counts of times in 16 classes, as a short text: `c2d1G3` has two first events in class c, one in d, and three
 * durations in class G. Texts of several rows can be joined: the counts of a class add up.
 */

/** Upper bounds of the first 15 classes, in milliseconds. Neighbours differ by a factor of at most 1.7 below a minute. */
const firstEventBounds = [
  100, 150, 250, 400, 600, 1000, 1500, 2500, 4000, 6000, 10_000, 15_000, 25_000, 40_000, 60_000,
] as const
const durationBounds = [
  400, 600, 1000, 1500, 2500, 4000, 6000, 10_000, 15_000, 25_000, 40_000, 60_000, 100_000, 250_000, 600_000,
] as const

const classes = 16
const [codeOfSmallA, codeOfLargeA, codeOfZero, codeOfNine] = [97, 65, 48, 57]
const decimal = 10

type Bounds = readonly number[]

const classOf = (milliseconds: number, bounds: Bounds): number => {
  const found = bounds.findIndex((bound) => milliseconds <= bound)
  return found < 0 ? bounds.length : found
}

const letter = (firstCode: number, index: number): string => String.fromCharCode(firstCode + index)

/** The text of one request. */
export const histogramOf = (firstEventMs: number | undefined, durationMs: number): string => {
  const first = firstEventMs === undefined ? '' : `${letter(codeOfSmallA, classOf(firstEventMs, firstEventBounds))}1`
  return `${first}${letter(codeOfLargeA, classOf(durationMs, durationBounds))}1`
}

/** The counts of both kinds: first events in the first 16, durations in the last 16. */
const parseHistogram = (text: string): Float64Array => {
  const counts = new Float64Array(classes * 2)
  let [index, count] = [0, 0]
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code >= codeOfZero && code <= codeOfNine) {
      count = count * decimal + code - codeOfZero
      continue
    }
    counts[index] = (counts[index] ?? 0) + count
    count = 0
    index = code >= codeOfSmallA ? code - codeOfSmallA : classes + code - codeOfLargeA
  }
  counts[index] = (counts[index] ?? 0) + count
  return counts
}

/** Adds the counts of equal classes of joined texts. */
export const compactHistogram = (joined: string): string => {
  const counts = parseHistogram(joined)
  let text = ''
  for (const [index, count] of counts.entries())
    if (count > 0)
      text += `${index < classes ? letter(codeOfSmallA, index) : letter(codeOfLargeA, index - classes)}${count}`
  return text
}

const [median, high] = [0.5, 0.95]

/** Interpolates in the class that contains the rank. Longer times than the last bound count as that bound. */
const percentile = (counts: Float64Array, bounds: Bounds, share: number, total: number): number => {
  const rank = share * total
  let below = 0
  for (const [index, count] of counts.entries()) {
    const [from = 0, to] = [bounds[index - 1], bounds[index]]
    if (to === undefined) return from
    if (count > 0 && below + count >= rank) return Math.round(from + ((to - from) * (rank - below)) / count)
    below += count
  }
  return bounds.at(-1) ?? 0
}

const percentilesOf = (counts: Float64Array, bounds: Bounds): Percentiles => {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return {}
  return { p50: percentile(counts, bounds, median, total), p95: percentile(counts, bounds, high, total) }
}

export interface Latencies {
  readonly firstEventMs: Percentiles
  readonly durationMs: Percentiles
}

/** Each figure is in the same class as the exact one. */
export const latenciesOf = (joined: string): Latencies => {
  const counts = parseHistogram(joined)
  return {
    firstEventMs: percentilesOf(counts.subarray(0, classes), firstEventBounds),
    durationMs: percentilesOf(counts.subarray(classes), durationBounds),
  }
}
