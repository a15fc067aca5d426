import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { compactHistogram, histogramOf, latenciesOf } from '../../src/usage/histogram.ts'

const firstEventBounds = [
  0, 100, 150, 250, 400, 600, 1000, 1500, 2500, 4000, 6000, 10_000, 15_000, 25_000, 40_000, 60_000,
]

/** The exact percentile: the smallest time that enough times do not exceed. */
const exact = (times: readonly number[], share: number): number =>
  times.toSorted((one, other) => one - other)[Math.ceil(times.length * share) - 1] ?? Number.NaN

describe('a histogram', () => {
  test('estimates percentiles in the class of the exact ones (OP-H4)', () => {
    const times = fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(times, (all) => {
        const { firstEventMs } = latenciesOf(all.map((time) => histogramOf(time, 1)).join(''))
        for (const [estimate, share] of [
          [firstEventMs.p50 ?? Number.NaN, 0.5],
          [firstEventMs.p95 ?? Number.NaN, 0.95],
        ] as const) {
          const upper = firstEventBounds.findIndex((bound) => exact(all, share) <= bound)
          expect(estimate).toBeGreaterThanOrEqual(firstEventBounds[upper - 1] as number)
          expect(estimate).toBeLessThanOrEqual(firstEventBounds[upper] as number)
        }
      }),
    )
  })

  test('has the same figures after it is compacted, and joined texts add up', () => {
    const time = fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: undefined })
    const request = fc.tuple(time, fc.integer({ min: 1, max: 1_000_000 }))
    fc.assert(
      fc.property(fc.array(request, { maxLength: 100 }), (requests) => {
        const joined = requests.map(([first, duration]) => histogramOf(first, duration)).join('')
        const compact = compactHistogram(joined)
        expect(latenciesOf(compact)).toEqual(latenciesOf(joined))
        expect(compactHistogram(compact + compact)).toBe(compactHistogram(joined + joined))
      }),
    )
  })

  test('is a short text', () => {
    expect(histogramOf(300, 5000)).toBe('d1G1')
    expect(histogramOf(undefined, 400)).toBe('A1')
    expect(compactHistogram('d1G1A1d1G1')).toBe('d2A1G2')
    expect(compactHistogram('')).toBe('')
  })

  test('without times has no percentiles, and times beyond the last class count as its start', () => {
    expect(latenciesOf('')).toEqual({ firstEventMs: {}, durationMs: {} })
    expect(latenciesOf(histogramOf(1_000_000, 1_000_000))).toEqual({
      firstEventMs: { p50: 60_000, p95: 60_000 },
      durationMs: { p50: 600_000, p95: 600_000 },
    })
  })
})
