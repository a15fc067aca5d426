import { memoize } from '../../../base/memoize.ts'
import type { Config } from '../../../config/load.ts'
import { createCostOf } from '../../../usage/prices.ts'
import type { PriceOf } from '../../../usage/usage-report.ts'

/**
 * The prices of the configuration as it is now (OP-C4). The history's sums do not say which requests were in batches or
 * used a subscription: all count at the full price.
 */
export const currentPrices = ({ prices }: Config): PriceOf => {
  const costOf = memoize((upstream) => createCostOf(prices, upstream) ?? (() => undefined))
  return (upstream, model, tokens) =>
    costOf(upstream)({
      endpoint: 'messages',
      used: model,
      usage: {
        input_tokens: tokens.inputTokens,
        cache_read_input_tokens: tokens.cacheReadTokens,
        cache_creation_input_tokens: tokens.cacheWriteTokens,
        cache_creation: {
          ephemeral_5m_input_tokens: tokens.cacheWriteTokens - tokens.cacheWrite1hTokens,
          ephemeral_1h_input_tokens: tokens.cacheWrite1hTokens,
        },
        output_tokens: tokens.outputTokens,
      },
    })
}
