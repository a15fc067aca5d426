import { describe, expect, test } from 'bun:test'
import { inspect } from 'node:util'
import { Secret } from '../../src/base/secret.ts'

describe('Secret', () => {
  const secret = new Secret('canary-key-0123456789')

  test('is never printed', () => {
    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ deep: { secret } }, { showHidden: true, depth: 9 }),
      Bun.inspect(secret),
      Bun.inspect(new Error('e', { cause: secret })),
      secret.masked(),
    ]
    for (const text of shown) expect(text).not.toContain('canary-key')
  })

  test('compares whole', () => {
    expect(secret.equals('canary-key-0123456789')).toBe(true)
    for (const other of ['', 'canary-key-012345678', 'canary-key-01234567890', 'CANARY-KEY-0123456789'])
      expect(secret.equals(other)).toBe(false)
  })

  test('shows enough of a long key to recognize it', () => {
    expect(secret.masked()).toBe('cana…(21 characters)')
    expect(new Secret('short').masked()).toBe('…(5 characters)')
    expect(new Secret(`sk-ant-api03-${'x'.repeat(95)}`).masked()).toBe('sk-ant-…(108 characters)')
    expect(new Secret('sk-ant-short').masked()).toBe('…(12 characters)')
  })

  test('shows the end of a key of at least 24 characters (AU-Y2, AU-K15)', () => {
    expect(new Secret('sk-ant-api03-abcdefghijkl').ending()).toBe('...cdefghijkl')
    expect(new Secret('a'.repeat(23)).ending()).toBe('unknown')
    expect(new Secret('a'.repeat(24)).ending()).toBe(`...${'a'.repeat(10)}`)
  })

  test('is redacted in foreign texts, unless it is so short that it matches ordinary words', () => {
    expect(new Secret('canary-0123').hiddenIn('of canary-0123 and canary-0123')).toBe('of [redacted] and [redacted]')
    expect(new Secret('an').hiddenIn('an answer')).toBe('an answer')
  })
})
