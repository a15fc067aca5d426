import { expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Json } from '../../src/base/json.ts'
import {
  decodeReasoningCarrier,
  encodeReasoningCarrier,
  isReasoningCarrier,
  type ReasoningCarrier,
} from '../../src/translate/reasoning-carrier.ts'

const carrier = (d: readonly Json[], t: Readonly<Record<string, string>> = {}): ReasoningCarrier => ({
  p: 'openrouter',
  d,
  t,
})

test('a signature gives back what it carries, member for member and in order (OU-Q90)', () => {
  const details = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 4 })
  fc.assert(
    fc.property(details, fc.dictionary(fc.string(), fc.string()), (d, t) => {
      const signature = encodeReasoningCarrier(carrier(d, t)) ?? ''
      expect(isReasoningCarrier(signature)).toBe(true)
      expect(JSON.stringify(decodeReasoningCarrier(signature))).toBe(JSON.stringify(carrier(d, t)))
    }),
  )
})

test('a signature keeps the digits of numbers that JavaScript would round (OU-Q90)', () => {
  const text = '{"p":"openrouter","d":[{"index":1.0,"id":12345678901234567890}],"t":{}}'
  const signature = `ou1.${Buffer.from(text).toString('base64url')}`
  expect(JSON.stringify(decodeReasoningCarrier(signature))).toBe(text)
})

test('more than 64 KB does not travel (OU-Q90)', () => {
  expect(encodeReasoningCarrier(carrier([{ data: 'x'.repeat(64 * 1024) }]))).toBeUndefined()
  expect(encodeReasoningCarrier(carrier([{ data: 'x'.repeat(40 * 1024) }]))).toBeDefined()
})

test.each(['', 'EqQBCgIYAhIM', 'ou1.', 'ou1.%%%', 'ou1.bnVsbA', 'ou1.eyJwIjoxfQ'])(
  'signature %p carries nothing (OU-Q91)',
  (signature) => expect(decodeReasoningCarrier(signature)).toBeUndefined(),
)
