import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createCalibration } from '../../src/tokens/calibration.ts'
import { type Estimate, estimateTokens, toCount } from '../../src/tokens/estimate.ts'
import type { CountTokensRequest } from '../../src/wire/anthropic/request.ts'

const ofText = (text: number, media = 0): Pick<Estimate, 'text' | 'media'> => ({ text, media })
const model = 'claude-sonnet-4.6'

const learning = (observations: readonly (readonly [ReturnType<typeof ofText>, number])[]) => {
  const calibration = createCalibration()
  for (const [estimate, actual] of observations) calibration.observe(model, estimate, actual)
  return calibration
}
const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item)

describe('1.9 calibration', () => {
  test('1.9 a model of which nothing is known is taken as estimated', () => {
    expect(createCalibration().factor(model)).toBe(1)
  })

  test('1.9 after 20 requests of one kind the error is at most 5 %, within the bounds of the factor', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.72, max: 1.58, noNaN: true }),
        fc.integer({ min: 10_000, max: 150_000 }),
        (truth, text) => {
          const { factor } = learning(times(20, [ofText(text), Math.round(text * truth)]))
          const count = toCount(ofText(text), factor(model))
          expect(Math.abs(count / (text * truth) - 1)).toBeLessThanOrEqual(0.05)
        },
      ),
    )
  })

  test('1.9 the factor keeps its bounds, whatever the upstream says', () => {
    const observation = fc.tuple(
      fc.record({
        text: fc.double({ min: 0, max: 1e7, noNaN: true }),
        media: fc.double({ min: 0, max: 1e6, noNaN: true }),
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

  test('1.9 pictures and pages teach nothing about text', () => {
    const media = learning(times(20, [ofText(20_000, 12_000), 60_000]))
    expect(media.factor(model)).toBe(1)
    const little = learning(times(20, [ofText(20_000, 1600), 20_000 * 1.2 + 1600]))
    expect(little.factor(model)).toBeCloseTo(1.2, 1)
    expect(toCount(ofText(0, 1600), little.factor(model))).toBe(toCount(ofText(0, 1600)))
  })

  test('1.9 models learn on their own, and only so many', () => {
    const calibration = createCalibration()
    for (let index = 0; index < 40; index += 1) calibration.observe(`model-${index}`, ofText(40_000), 60_000)
    expect(calibration.factor('model-39')).toBeGreaterThan(1.05)
    expect(calibration.factor('model-0')).toBe(1)
    expect(calibration.factor('another')).toBe(1)
  })

  test('1.9 a count is a sum of its parts, learnt or not', () => {
    const words = fc.string({ maxLength: 300, unit: 'grapheme' })
    const tools = fc.uniqueArray(fc.record({ name: fc.stringMatching(/^[a-z]{1,20}$/), description: words }), {
      maxLength: 4,
      selector: ({ name }) => name,
    })
    const count = (system: string, said: readonly string[], offered: readonly object[], factor: number): number =>
      toCount(
        estimateTokens(
          {
            model,
            system,
            messages: said.map((content) => ({ role: 'user', content })),
            tools: offered.map((tool) => ({ ...tool, input_schema: { type: 'object' } })),
          } as unknown as CountTokensRequest,
          model,
        ),
        factor,
      )
    fc.assert(
      fc.property(
        words,
        fc.array(words, { minLength: 1, maxLength: 4 }),
        tools,
        words,
        fc.double({ min: 0.7, max: 1.6, noNaN: true }),
        (system, said, offered, more, factor) => {
          const tool = { name: 'Another', description: more }
          const some = { name: 'first', description: '' }
          const added =
            count(system, said, [some, ...offered, tool], factor) - count(system, said, [some, ...offered], factor)
          const alone = count('', ['foo'], [some, tool], factor) - count('', ['foo'], [some], factor)
          expect(Math.abs(added - alone)).toBeLessThanOrEqual(1)
          const said1 = count(system, [...said, more], offered, factor) - count(system, said, offered, factor)
          const said2 = count('', ['foo', more], [], factor) - count('', ['foo'], [], factor)
          expect(Math.abs(said1 - said2)).toBeLessThanOrEqual(1)
        },
      ),
    )
  })
})
