import { describe, expect, test } from 'bun:test'
import { deflateRawSync, deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { loadCarriedText, toEncryptedIndex } from '../../../src/gateway/web-search/carried-text.ts'
import { anyCharacter } from '../../support/any-character.ts'

const { encode, decode } = await loadCarriedText()
const carried = (bytes: Uint8Array): string => `nca1_${Buffer.from(bytes).toString('base64url')}`

describe('carried text', () => {
  test('any text survives, in letters that Claude Code does not take for a page (WS-28)', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 300 }), (text) => {
        const value = encode(text)
        expect(value).toMatch(/^nca1_[\w-]+$/)
        expect(decode(value)).toBe(text)
      }),
    )
  })

  test('is the deflated JSON of the text (WS-28)', () => {
    expect(encode('snippet')).toBe(carried(deflateSync('{"t":"snippet"}')))
  })

  test('a value that is foreign or damaged has no text (WS-33)', () => {
    const whole = encode('a snippet of a page')
    const damaged = [
      undefined,
      7,
      '',
      'EqgfCioIARgBIiQ3YTAwMjY1Mi1mZjM5LTQ1NGUtODgxNC1kNjNjNTk1ZWI3Y==',
      'nca1_',
      'nca1_not base64url',
      'nca1_abcd',
      `${whole.slice(0, -8)}AAAAAAAA`,
      whole.replace('nca1_', 'nca2_'),
      carried(deflateRawSync('{"t":"raw"}')),
      carried(deflateSync('no JSON')),
      carried(deflateSync('{"t":7}')),
      carried(deflateSync('["t"]')),
    ]
    for (const value of damaged) expect(decode(value)).toBeUndefined()
    for (let end = 0; end < whole.length; end += 1) {
      const part = decode(whole.slice(0, end))
      // Without a part of the check sum, the text is still whole.
      expect([undefined, 'a snippet of a page']).toContain(part)
    }
  })

  test('a text of more than 64 KB is not inflated further, however small it is (WS-33)', () => {
    const bomb = carried(deflateSync(`{"t":"${'0'.repeat(50_000_000)}"}`))
    expect(bomb.length).toBeLessThan(100_000)
    expect(decode(bomb)).toBeUndefined()
    expect(decode(encode('0'.repeat(64 * 1024 - 9)))).toHaveLength(64 * 1024 - 9)
    expect(decode(encode('0'.repeat(64 * 1024)))).toBeUndefined()
    expect(decode(`nca1_${'A'.repeat(10_000_000)}`)).toBeUndefined()
  })

  test('an index of a citation names the search, the result and the place (WS-28)', () => {
    const index = toEncryptedIndex({ use: 'srvtoolu_1', result: 2, start: 0, end: 1 })
    expect(index).toMatch(/^nca1_[\w-]+$/)
    expect(JSON.parse(Buffer.from(index.slice(5), 'base64url').toString())).toEqual({
      use: 'srvtoolu_1',
      result: 2,
      start: 0,
      end: 1,
    })
  })
})
