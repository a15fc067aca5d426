import { describe, expect, test } from 'bun:test'
import { currentPrices } from '../../../../src/cli/commands/usage/current-prices.ts'
import { loadConfig } from '../../../../src/config/load.ts'

const configOf = (prices: object) => {
  const files = [{ path: 'c.json', text: JSON.stringify({ prices }) }]
  return loadConfig({ flags: {}, environment: {}, files }).config
}

const million = 1_000_000
const tokens = {
  inputTokens: million,
  cacheReadTokens: million,
  cacheWriteTokens: 2 * million,
  cacheWrite1hTokens: million,
  outputTokens: million,
}

describe('the prices of now (OP-C4)', () => {
  test('count each kind of token, with cache writes of an hour on their own', () => {
    const priceOf = currentPrices(configOf({ 'claude-sonnet-4.6': { input: 10, output: 100 } }))
    // Input, output, 0.1, 1.25 and 2 times the input.
    expect(priceOf('nexus', 'claude-sonnet-4.6', tokens)).toBe(10 + 100 + 1 + 12.5 + 20)
  })

  test('are built in for Anthropic only, and otherwise unknown without a price', () => {
    const priceOf = currentPrices(configOf({}))
    expect(priceOf('nexus', 'claude-sonnet-4.6', tokens)).toBeUndefined()
    expect(priceOf('anthropic', 'claude-sonnet-4-6', tokens)).toBeGreaterThan(0)
    expect(priceOf('anthropic', 'another-model', tokens)).toBeUndefined()
  })
})
