import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createCalibration, isReliable } from '../../src/tokens/calibration.ts'
import { estimateTokens, toCount } from '../../src/tokens/estimate/estimate.ts'
import { leastMedia } from '../../src/tokens/estimate/media.ts'
import type { Tokens } from '../../src/tokens/estimate/tally.ts'
import type { CountTokensRequest } from '../../src/wire/anthropic/request.ts'
import { image, user } from '../support/translate.ts'

const ofText = (text: number, media = 0, thinking = 0): Tokens => ({ text, media, thinking, unseen: 0 })
const count = (tokens: Tokens, factor = 1): number => toCount({ parts: [tokens] }, factor)
const model = 'claude-sonnet-4.6'

const learning = (observations: readonly (readonly [ReturnType<typeof ofText>, number])[]) => {
  const calibration = createCalibration()
  for (const [estimate, actual] of observations) calibration.observe(model, estimate, actual)
  return calibration
}
const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item)

describe('1.9 calibration', () => {
  test('1.9 an unknown model gets the estimate', () => {
    expect(createCalibration().factor(model)).toBe(1)
  })

  test('1.9 after 20 requests of one kind the error is at most 5 %, within the bounds of the factor', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.72, max: 1.58, noNaN: true }),
        fc.integer({ min: 10_000, max: 150_000 }),
        (truth, text) => {
          const { factor } = learning(times(20, [ofText(text), Math.round(text * truth)]))
          expect(Math.abs(count(ofText(text), factor(model)) / (text * truth) - 1)).toBeLessThanOrEqual(0.05)
        },
      ),
    )
  })

  test('1.9 the factor keeps its bounds for any counts', () => {
    const observation = fc.tuple(
      fc.record({
        text: fc.double({ min: 0, max: 1e7, noNaN: true }),
        media: fc.double({ min: 0, max: 1e6, noNaN: true }),
        thinking: fc.double({ min: 0, max: 1e6, noNaN: true }),
        unseen: fc.nat(1),
      }),
      fc.oneof(fc.integer(), fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY)),
    )
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 60 }), (observations) => {
        const factor = learning(observations).factor(model)
        expect(factor).toBeGreaterThanOrEqual(0.7)
        expect(factor).toBeLessThanOrEqual(1.6)
      }),
    )
  })

  test('1.9 one outlier among many moves the factor by less than a thirtieth', () => {
    const known = times(20, [ofText(40_000), 44_000] as const)
    const before = learning(known).factor(model)
    for (const actual of [20_000, 90_000]) {
      const after = learning([...known, [ofText(40_000), actual]]).factor(model)
      expect(Math.abs(after / before - 1)).toBeLessThan(1 / 30)
    }
  })

  test('1.9 many small requests do not outweigh a large one', () => {
    const { factor } = learning([
      ...times(20, [ofText(40_000), 48_000] as const),
      ...times(20, [ofText(300), 400] as const),
    ])
    expect(factor(model)).toBeCloseTo(1.2, 1)
    expect(learning(times(50, [ofText(100), 160])).factor(model)).toBe(1)
  })

  test('1.9 images and pages do not affect the factor', () => {
    const media = learning(times(20, [ofText(20_000, 12_000), 60_000]))
    expect(media.factor(model)).toBe(1)
    const little = learning(times(20, [ofText(20_000, 1600), 20_000 * 1.2 + 1600]))
    expect(little.factor(model)).toBeCloseTo(1.2, 1)
    expect(count(ofText(0, 1600), little.factor(model))).toBe(count(ofText(0, 1600)))
  })

  test('1.9 thinking that a model may have dropped does not affect the factor', () => {
    const much = learning(times(20, [ofText(9000, 0, 6500), 9000]))
    expect(much.factor(model)).toBe(1)
    // Nor does a little of both that together is above the limit.
    expect(learning(times(20, [ofText(10_000, 800, 800), 10_000])).factor(model)).toBe(1)
    const little = learning(times(20, [ofText(20_000, 0, 1600), 21_600 * 1.2]))
    expect(little.factor(model)).toBeCloseTo(1.2, 1)
  })

  test('1.9 an unreliable request is recognized before media are measured', () => {
    const data = Buffer.from('%PDF-1.4 /Type /Pages /Count 12'.padEnd(1000)).toString('base64')
    const document = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data } }
    const roughly = (words: string): Tokens =>
      estimateTokens({ model, messages: [user(words, document, image())] } as CountTokensRequest, model, leastMedia)
    expect(roughly('foo').media).toBe(2301)
    expect(isReliable(roughly('foo'))).toBe(false)
    expect(isReliable(roughly('word '.repeat(30_000)))).toBe(true)
    expect(isReliable(ofText(100))).toBe(false)
    expect(isReliable(ofText(0))).toBe(false)
  })

  test('1.9 each model has its own factor, up to a number of models', () => {
    const calibration = createCalibration()
    for (let index = 0; index < 40; index += 1) calibration.observe(`model-${index}`, ofText(40_000), 60_000)
    expect(calibration.factor('model-39')).toBeGreaterThan(1.05)
    expect(calibration.factor('model-0')).toBe(1)
    expect(calibration.factor('another')).toBe(1)
  })
})
