import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { estimateTokens } from '../../../src/tokens/estimate/estimate.ts'
import type { CountTokensRequest } from '../../../src/wire/anthropic/request.ts'
import { anyCharacter } from '../../support/any-character.ts'
import { png, user } from '../../support/translate.ts'

const estimate = (...content: unknown[]) =>
  estimateTokens(
    { model: 'claude-sonnet-4-6', messages: [user('foo', ...(content as object[]))] } as CountTokensRequest,
    'claude-sonnet-4.6',
  )
const total = (...content: unknown[]): number => {
  const { text, media } = estimate(...content)
  return text + media
}
const searched = (content: unknown): object => ({ type: 'web_search_tool_result', tool_use_id: 's', content })
const pdf = Buffer.from('%PDF-1.4 /Type /Page').toString('base64')

/** Content that no schema checks: the results of Anthropic's own tools. */
describe('1.9 sum: unchecked content', () => {
  test.each([
    ['a content that is a number', { type: 'document', source: { type: 'content', data: 'x', content: 5 } }],
    ['null', null],
    [
      'null in a document',
      { type: 'document', source: { type: 'content', data: 'x', content: [null, { type: 'image' }] } },
    ],
    ['a picture without a source', { type: 'image' }],
    ['a picture whose source is a word', { type: 'image', source: 'x' }],
    ['a title that is a list', { type: 'document', title: [1], source: { type: 'base64', data: 'x' } }],
    ['a title with a length', { type: 'document', title: { length: 5 }, source: { type: 'base64', data: 'x' } }],
    ['a text that is not a string', { type: 'text', text: { length: 1e12 } }],
  ])('1.9 sum: %s is counted', (_, odd) => {
    for (const content of [odd, [odd], [[odd]], { content: odd }]) {
      const tokens = total(searched(content))
      expect(tokens).toBeGreaterThan(total())
      expect(tokens).toBeLessThan(total() + 2 * 2300)
    }
  })

  test('1.9 media: images and pages in it cost the same as elsewhere, and are not read as text', () => {
    const inside = (block: object): number => estimate(searched([block])).media
    expect(inside({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } })).toBe(1)
    expect(inside({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: pdf } })).toBe(
      2300,
    )
    const data = 'q83v'.repeat(5000)
    expect(total(searched([{ type: 'image', source: { type: 'base64', data } }]))).toBeLessThan(1700)
  })

  test('1.9 sum: the words of a document in it count, its name among them', () => {
    const words = 'The harbour was quiet when the ferry came in. '.repeat(50)
    const text = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: words } }
    const parts = { type: 'document', source: { type: 'content', content: [{ type: 'text', text: words }] } }
    for (const document of [text, parts]) expect(total(searched([document]))).toBeGreaterThan(total(words))
    expect(total(searched([{ ...text, title: words }]))).toBeGreaterThan(total(words, words))
  })

  test('1.9 sum: may be nested to any depth', () => {
    let deep: unknown = 'word'
    for (let level = 0; level < 200_000; level += 1) deep = level % 2 === 0 ? [deep] : { deep }
    expect(Number.isFinite(total(searched(deep)))).toBe(true)
  })

  test('1.9 sum: any JSON has a count', () => {
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 5, withCrossShrink: true },
        fc.constantFrom(null, true, false, 0, -1, 1e308, '', 'word', png, pdf),
        fc.string({ maxLength: 20, unit: anyCharacter }),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom('type', 'source', 'data', 'content', 'title', 'context', 'text', 'length', '__proto__', 'a'),
          tie('json'),
          { maxKeys: 5 },
        ),
        fc.record(
          {
            type: fc.constantFrom('image', 'document', 'text', 'tool_result', 'thinking', 'tool_use', 'search_result'),
            source: fc.oneof(
              tie('json'),
              fc.record(
                {
                  type: fc.constantFrom('base64', 'text', 'content', 'url', 'file'),
                  data: tie('json'),
                  content: tie('json'),
                },
                { requiredKeys: [] },
              ),
            ),
            title: tie('json'),
            content: tie('json'),
          },
          { requiredKeys: ['type'] },
        ),
      ),
    }))
    const types = [
      'web_search_tool_result',
      'web_fetch_tool_result',
      'code_execution_tool_result',
      'mcp_tool_result',
      'tool_search_tool_result',
    ]
    fc.assert(
      fc.property(json, json, fc.constantFrom(...types), (content, input, type) => {
        const found = estimate(
          { type, tool_use_id: 't', content },
          { type: 'server_tool_use', id: 's', name: 'web_search', input },
          { type: 'tool_use', id: 't', name: 'Bash', input },
          { type: 'text', text: 'x', citations: [content] },
        )
        expect(Number.isFinite(found.text)).toBe(true)
        expect(Number.isSafeInteger(found.media)).toBe(true)
        expect(found.text).toBeGreaterThan(0)
        expect(found.media).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 500 },
    )
  })
})
