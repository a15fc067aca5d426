import { describe, expect, test } from 'bun:test'
import type { Price, PriceTable } from '../../src/base/price.ts'
import { createCostOf, type PricedFacts } from '../../src/usage/prices.ts'

/** A million tokens of one kind. */
const million = 1_000_000
const noTokens = {
  input_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation_input_tokens: 0,
  output_tokens: 0,
}

const facts = (members: Partial<PricedFacts> = {}): PricedFacts => ({
  endpoint: 'messages',
  used: 'claude-sonnet-4-6',
  usage: { ...noTokens, input_tokens: million },
  ...members,
})

const costOf = (upstream: string, members: Partial<PricedFacts> = {}, prices: PriceTable = new Map()) =>
  createCostOf(prices, upstream)?.(facts(members))

const price = (input: number): Price => ({ input, output: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0 })

describe("Anthropic's prices", () => {
  test.each([
    ['claude-opus-4-5-20251101', 5, 25],
    ['claude-opus-4-6', 5, 25],
    ['claude-opus-4-7', 5, 25],
    ['claude-opus-5', 5, 25],
    ['claude-opus-4-1-20250805', 15, 75],
    ['claude-sonnet-4-20250514', 3, 15],
    ['claude-sonnet-4-5', 3, 15],
    ['claude-sonnet-4-6', 3, 15],
    ['claude-haiku-4-5-20251001', 1, 5],
    ['claude-fable-5', 10, 50],
  ])('of %s are $%d and $%d, and of its cache a tenth, 1.25 and 2 times the input (OP-C2)', (used, input, output) => {
    const cost = (usage: object): number | undefined => costOf('anthropic', { used, usage: { ...noTokens, ...usage } })
    expect(cost({ input_tokens: million })).toBe(input)
    expect(cost({ output_tokens: million })).toBe(output)
    expect(cost({ cache_read_input_tokens: million })).toBeCloseTo(input * 0.1, 9)
    expect(cost({ cache_creation_input_tokens: million })).toBeCloseTo(input * 1.25, 9)
    const cache_creation = { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: million }
    expect(cost({ cache_creation_input_tokens: million, cache_creation })).toBeCloseTo(input * 2, 9)
  })

  test('count only under the upstream anthropic (OP-C2)', () => {
    expect(createCostOf(new Map(), 'nexus')).toBeUndefined()
    expect(createCostOf(new Map(), 'openai')).toBeUndefined()
  })

  test.each(['claude-opus-3', 'claude-opus-5-1', 'claude-sonnet-5', 'claude-mythos-5', 'opus', 'gpt-5.1'])(
    'have none for %s: its cost is absent, not 0 (OP-C3)',
    (used) => {
      expect(costOf('anthropic', { used })).toBeUndefined()
    },
  )
})

describe("the owner's prices", () => {
  const prices: PriceTable = new Map([
    ['claude-opus-4.6', price(1)],
    ['opus', price(2)],
    ['gpt-5.1', price(3)],
    ['*', price(4)],
  ])

  test.each([
    ['claude-opus-4.6', 1],
    ['Claude-Opus-4-6[1m]', 1],
    ['us.anthropic.claude-opus-4-6-20260205-v1:0', 1],
    ['claude-opus-4-5', 2],
    ['gpt-5.1', 3],
    ['claude-sonnet-4-6', 4],
    ['anything', 4],
  ])('are found for %s by the id, the family, then * (OP-C1)', (used, expected) => {
    expect(costOf('nexus', { used }, prices)).toBe(expected)
  })

  test("win over Anthropic's (OP-C1, OP-C2)", () => {
    expect(costOf('anthropic', {}, new Map([['sonnet', price(9)]]))).toBe(9)
    expect(costOf('anthropic', {}, new Map([['opus', price(9)]]))).toBe(3)
  })
})

describe('the cost of a request', () => {
  test('adds all kinds of tokens (OP-C1)', () => {
    const usage = {
      input_tokens: 10,
      cache_read_input_tokens: 200_000,
      cache_creation_input_tokens: 3000,
      cache_creation: { ephemeral_5m_input_tokens: 2000, ephemeral_1h_input_tokens: 1000 },
      output_tokens: 400,
    }
    // 30 + 60,000 + 7,500 + 6,000 + 6,000 millionths.
    expect(costOf('anthropic', { usage })).toBe(0.07953)
  })

  test('is absent without known usage or model, and for a subscription (OP-C3)', () => {
    expect(createCostOf(new Map(), 'anthropic')?.({ endpoint: 'messages', used: 'claude-sonnet-4-6' })).toBeUndefined()
    const { used: _, ...nameless } = facts()
    expect(createCostOf(new Map(), 'anthropic')?.(nameless)).toBeUndefined()
    expect(costOf('anthropic', { isSubscription: true })).toBeUndefined()
  })

  test('is half on the path of batches (OP-C5)', () => {
    expect(costOf('anthropic', { endpoint: 'batches' })).toBe(1.5)
  })
})
