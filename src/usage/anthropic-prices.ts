import type { Price } from '../base/price.ts'
import type { ModelFamily, ModelVersion } from '../messages/model-name.ts'

/**
 * Anthropic's own prices in USD, read from its price page in November 2026 (OP-C2). They are never fetched from the
 * network. Each row is whole: the cache of some models costs less than the usual share.
 */

interface PriceRow {
  readonly family: ModelFamily
  /** Both versions included. */
  readonly from: ModelVersion
  readonly to: ModelVersion
  readonly price: Price
}

const version = (major: number, minor = 0): ModelVersion => ({ major, minor })

export const anthropicPrices: readonly PriceRow[] = [
  {
    family: 'opus',
    from: version(4, 5),
    to: version(5),
    price: { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25, cacheWrite1h: 10 },
  },
  {
    family: 'opus',
    from: version(4, 1),
    to: version(4, 1),
    price: { input: 15, output: 75, cacheRead: 1.5, cacheWrite: 18.75, cacheWrite1h: 30 },
  },
  {
    family: 'sonnet',
    from: version(4),
    to: version(4, 6),
    price: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75, cacheWrite1h: 6 },
  },
  {
    family: 'haiku',
    from: version(4, 5),
    to: version(4, 5),
    price: { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25, cacheWrite1h: 2 },
  },
  {
    family: 'fable',
    from: version(5),
    to: version(5),
    price: { input: 10, output: 50, cacheRead: 1, cacheWrite: 12.5, cacheWrite1h: 20 },
  },
]
