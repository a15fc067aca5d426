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
  })

  test('is redacted in foreign texts, unless it is so short that it matches ordinary words', () => {
    expect(new Secret('canary-0123').hiddenIn('of canary-0123 and canary-0123')).toBe('of [redacted] and [redacted]')
    expect(new Secret('an').hiddenIn('an answer')).toBe('an answer')
  })
})
