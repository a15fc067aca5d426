import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createJsonFence, withoutJsonFence } from '../../../src/translate/openai-entrance/json-fence.ts'

const streamed = (parts: readonly string[]): string => {
  const fence = createJsonFence()
  return parts.map((part) => fence.push(part)).join('') + fence.end()
}

const cases: readonly [string, string][] = [
  ['```json\n{"a":1}\n```', '{"a":1}'],
  ['```\n{"a":1}\n```\n', '{"a":1}'],
  ['\n```JSON\r\n{"a":1}\r\n```  ', '{"a":1}'],
  ['```json\n{"a":1}```', '{"a":1}'],
  ['```json\n{"a":"```"}\n```', '{"a":"```"}'],
  ['```json\n{"a":1}', '{"a":1}'],
  ['```json\n{"a":"``"', '{"a":"``"'],
  ['{"a":1}', '{"a":1}'],
  ['{"a":1}\n```', '{"a":1}\n```'],
  ['Here: ```json\n{}\n```', 'Here: ```json\n{}\n```'],
  ['```json {"a":1}', '```json {"a":1}'],
  [`${' '.repeat(13)}\`\`\`\n{}\n\`\`\``, `${' '.repeat(13)}\`\`\`\n{}\n\`\`\``],
  ['', ''],
  ['``', '``'],
  ['```', '```'],
]

describe('the fence around a JSON object', () => {
  test.each(cases)('%j becomes %j (OE-C56)', (text, expected) => {
    expect(withoutJsonFence(text)).toBe(expected)
  })

  test.each(cases)('%j gives the same text in single characters (OE-C56)', (text, expected) => {
    expect(streamed([...text])).toBe(expected)
  })

  const pieces = fc.array(fc.constantFrom('`', '``', '```', 'json', '\n', ' ', '\r\n', '{', '"a"', '}', 'é', '😀'))
  test('each cut gives the same text (OE-C56, OE-P3)', () => {
    fc.assert(
      fc.property(pieces, pieces, fc.nat(), (before, after, cut) => {
        const text = [...before, ...after].join('')
        const at = cut % (text.length + 1)
        const expected = withoutJsonFence(text)
        expect(streamed([text.slice(0, at), text.slice(at)])).toBe(expected)
        expect(streamed(text.split(''))).toBe(expected)
      }),
      { numRuns: 500 },
    )
  })

  test('at most the first 16 and the last 8 characters are held back (OE-C56)', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const fence = createJsonFence()
        let given = 0
        let received = 0
        for (const part of parts) {
          given += part.length
          received += fence.push(part).length
          expect(given - received).toBeLessThanOrEqual(16 + 8)
        }
      }),
    )
  })
})
