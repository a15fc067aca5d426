import { describe, expect, test } from 'bun:test'
import { inspect } from 'node:util'
import { Secret } from '../../src/base/secret.ts'

describe('Secret', () => {
  const secret = new Secret('canary-key-0123456789')

  test('is printed by nothing', () => {
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

  test('is masked so that one may recognise it', () => {
    expect(secret.masked()).toBe('cana…(21 characters)')
    expect(new Secret('short').masked()).toBe('…(5 characters)')
  })

  test("is taken out of others' words, unless it is so short that it stands everywhere", () => {
    expect(new Secret('canary-0123').hiddenIn('of canary-0123 and canary-0123')).toBe('of [redacted] and [redacted]')
    expect(new Secret('an').hiddenIn('an answer')).toBe('an answer')
  })
})
