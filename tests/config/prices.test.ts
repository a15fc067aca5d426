import { describe, expect, test } from 'bun:test'
import { UsageError } from '../../src/base/usage-error.ts'
import { toPrices } from '../../src/config/prices.ts'

const place = 'prices in /home/me/config.json'

const refusal = (value: unknown): string => {
  try {
    toPrices(value, place)
  } catch (error) {
    if (error instanceof UsageError) return error.message
  }
  throw new Error('toPrices refused nothing')
}

const remedy = 'Write prices for a million tokens, such as "sonnet": {"input": 3, "output": 15}.'

describe('a price table', () => {
  test('derives the prices of the cache from the price of input (OP-C1)', () => {
    expect(toPrices({ sonnet: { input: 3, output: 15 } }, place)).toEqual(
      new Map([['sonnet', { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75, cacheWrite1h: 6 }]]),
    )
  })

  test('keeps the prices that it names, also 0, in both spellings of their names (OP-C1)', () => {
    const given = { input: 2, output: 8, cacheRead: 0, cache_write: 5, cacheWrite1h: 7 }
    expect(toPrices({ '*': given }, place)).toEqual(
      new Map([['*', { input: 2, output: 8, cacheRead: 0, cacheWrite: 5, cacheWrite1h: 7 }]]),
    )
  })

  test('may be JSON text, as `config set` has it (OP-C1)', () => {
    expect([...toPrices('{"opus": {"input": 5, "output": 25}}', place).keys()]).toEqual(['opus'])
  })

  test.each([
    ['no table', 3, `${place} must be an object. ${remedy}`],
    ['no JSON', '{', `${place} must be an object. ${remedy}`],
    ['a list', [], `${place} must be an object. ${remedy}`],
    ['a price that is not an object', { opus: 5 }, `${place}: the entry "opus" must be an object. ${remedy}`],
    ['no input', { 'gpt-5.1': { output: 5 } }, `${place}: the entry "gpt-5.1" has no input. ${remedy}`],
    ['no output', { '*': { input: 5 } }, `${place}: the entry "*" has no output. ${remedy}`],
    [
      'a negative price',
      { opus: { input: -1, output: 5 } },
      `${place}: the entry "opus" needs a number from 0 to 1000000000 as its input. ${remedy}`,
    ],
    [
      'a price beyond every currency',
      { opus: { input: 1e300, output: 5 } },
      `${place}: the entry "opus" needs a number from 0 to 1000000000 as its input. ${remedy}`,
    ],
    [
      'a price as text',
      { opus: { input: 1, output: '5' } },
      `${place}: the entry "opus" needs a number from 0 to 1000000000 as its output. ${remedy}`,
    ],
    [
      'a wrong name',
      { opus: { input: 1, output: 5, cachRead: 1 } },
      `${place}: the entry "opus" has an unknown member "cachRead". Did you mean cacheRead? ${remedy}`,
    ],
    ['an empty name', { ' ': { input: 1, output: 5 } }, `${place}: the entry has no name. ${remedy}`],
  ])('with %s is refused with place, entry and remedy (OP-C1)', (_, value, message) => {
    expect(refusal(value)).toBe(message)
  })
})
