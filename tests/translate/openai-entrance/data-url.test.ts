import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { validBase64 } from '../../../src/translate/openai-entrance/data-url.ts'

const pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/

test('base64 is what the pattern describes, without white space (OE-C46)', () => {
  const texts = fc.oneof(
    fc.base64String(),
    fc.string({ unit: fc.constantFrom('A', 'b', '7', '+', '/', '=', '-', '_', '\f', '\n', 'é', '😀'), maxLength: 12 }),
  )
  fc.assert(
    fc.property(texts, (text) => {
      const bare = /[ \t\r\n]/.test(text) ? text.replace(/\s+/g, '') : text
      expect(validBase64(text)).toBe(pattern.test(bare) ? bare : undefined)
    }),
    { numRuns: 2000 },
  )
})
