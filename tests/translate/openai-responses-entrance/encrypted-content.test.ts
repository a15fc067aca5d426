import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { ThinkingContent } from '../../../src/translate/openai-entrance/thinking-content.ts'
import {
  decodeSummary,
  decodeThinking,
  encodeSummary,
  encodeThinking,
} from '../../../src/translate/openai-responses-entrance/encrypted-content.ts'
import { anyCharacter } from '../../support/any-character.ts'

/** With halves of surrogate pairs, which a cut text has. */
const text = fc.oneof(fc.string({ unit: anyCharacter }), fc.constantFrom('', '\ud83d', 'a\udca9\u0000'))
const content: fc.Arbitrary<ThinkingContent> = fc.oneof(
  fc.record({
    type: fc.constant('thinking' as const),
    thinking: text,
    // Empty if the upstream signs no thinking.
    signature: text,
  }),
  fc.record({ type: fc.constant('redacted_thinking' as const), data: text }),
)

const packed = (prefix: string, value: unknown): string =>
  prefix + Buffer.from(JSON.stringify(value)).toString('base64url')

const thinking = { type: 'thinking', thinking: 'Look first.', signature: 'c2ln' } as const

describe('encrypted_content of a reasoning item', () => {
  test('returns every block of thinking unchanged (OE-R43)', () => {
    fc.assert(
      fc.property(text, fc.array(content, { minLength: 1, maxLength: 4 }), (modelId, blocks) => {
        expect(decodeThinking(encodeThinking({ modelId, content: blocks }))).toEqual({ modelId, content: blocks })
      }),
    )
  })

  test('has a prefix and names its version and its model (OE-R43)', () => {
    const encoded = encodeThinking({ modelId: 'claude-sonnet-4.6', content: [thinking] })
    expect(encoded).toBe(packed('nx1.', { v: 1, m: 'claude-sonnet-4.6', b: [thinking] }))
  })

  test.each([
    ['nothing', ''],
    ['content of OpenAI', 'gAAAAABpZ3JlZW4'],
    ['no JSON', 'nx1.%%%'],
    ['null', packed('nx1.', null)],
    ['another version', packed('nx1.', { v: 2, m: 'm', b: [thinking] })],
    ['no model', packed('nx1.', { v: 1, b: [thinking] })],
    ['no list', packed('nx1.', { v: 1, m: 'm', b: thinking })],
    ['no blocks', packed('nx1.', { v: 1, m: 'm', b: [] })],
    ['one block of another type', packed('nx1.', { v: 1, m: 'm', b: [thinking, { type: 'text', text: 'a' }] })],
    ['one block without its signature', packed('nx1.', { v: 1, m: 'm', b: [thinking, { ...thinking, signature: 1 }] })],
    ['one value that is not a block', packed('nx1.', { v: 1, m: 'm', b: [thinking, null] })],
    ['a cut text', encodeThinking({ modelId: 'm', content: [thinking] }).slice(0, -5)],
    ['a summary', encodeSummary('a')],
  ])('gives nothing for %s (OE-R43)', (_, encoded) => expect(decodeThinking(encoded)).toBeUndefined())
})

describe('encrypted_content of a compaction item', () => {
  test('returns the summary unchanged (OE-R45)', () => {
    fc.assert(fc.property(text, (summary) => expect(decodeSummary(encodeSummary(summary))).toBe(summary)))
    expect(encodeSummary('a')).toBe(packed('nxc1.', { v: 1, t: 'a' }))
  })

  test.each(['', 'gAAAAABp', 'nxc1.', packed('nxc1.', { v: 1 }), packed('nxc1.', { v: 2, t: 'a' })])(
    'gives nothing for %p (OE-R45)',
    (encoded) => expect(decodeSummary(encoded)).toBeUndefined(),
  )
})
