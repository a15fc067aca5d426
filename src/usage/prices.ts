import { memoize } from '../base/memoize.ts'
import type { Price, PriceTable } from '../base/price.ts'
import type { RequestRecord } from '../gateway/request-record.ts'
import { canonicalSpelling, compareVersions, type ModelName, parseModelName } from '../messages/model-name.ts'
import { anthropicPrices } from './anthropic-prices.ts'

/** The facts of a request that decide about its cost. */
export type PricedFacts = Pick<RequestRecord, 'used' | 'usage' | 'endpoint' | 'isSubscription'>

const tokensOfPrice = 1_000_000
/** What Anthropic takes for requests in batches. */
const batchFactor = 0.5
/** A tenth of a millionth: smaller amounts are noise of floating point. */
const amountsInOne = 1e10

const forAll = '*'

const versionKey = ({ family, version }: ModelName): string | undefined =>
  family && version && `${family} ${version.major}.${version.minor}`

/** The owner's own prices: by the id, in any spelling and with any date, then by the family, then for all. */
const createOwnPrice = (prices: PriceTable): ((model: string) => Price | undefined) => {
  const byId = new Map([...prices].map(([name, price]) => [canonicalSpelling(name), price]))
  const byVersion = new Map(
    [...prices].flatMap(([name, price]) => {
      const parsed = parseModelName(name)
      const key = parsed && versionKey(parsed)
      return key === undefined ? [] : [[key, price] as const]
    }),
  )
  return (model) => {
    const name = parseModelName(model)
    const key = name && versionKey(name)
    return (
      byId.get(canonicalSpelling(model)) ??
      (key === undefined ? undefined : byVersion.get(key)) ??
      (name?.family === undefined ? undefined : byId.get(name.family)) ??
      byId.get(forAll)
    )
  }
}

const anthropicPrice = (model: string): Price | undefined => {
  const { family, version } = parseModelName(model) ?? {}
  if (version === undefined) return undefined
  return anthropicPrices.find(
    ({ family: of, from, to }) =>
      of === family && compareVersions(from, version) <= 0 && compareVersions(version, to) <= 0,
  )?.price
}

const amountOf = (usage: NonNullable<RequestRecord['usage']>, price: Price): number => {
  const written1h = usage.cache_creation?.ephemeral_1h_input_tokens ?? 0
  const written = Math.max(usage.cache_creation_input_tokens - written1h, 0)
  return (
    (usage.input_tokens * price.input +
      usage.cache_read_input_tokens * price.cacheRead +
      written * price.cacheWrite +
      written1h * price.cacheWrite1h +
      usage.output_tokens * price.output) /
    tokensOfPrice
  )
}

/**
 * Creates the function that estimates what a request costs. It returns undefined, not 0, for an unknown model, unknown
 * usage, and a subscription, which is not billed by tokens (OP-C3). Undefined if no model has a price.
 */
export const createCostOf = (
  prices: PriceTable,
  upstream: string,
): ((record: PricedFacts) => number | undefined) | undefined => {
  const hasBuiltIn = upstream === 'anthropic'
  if (prices.size === 0 && !hasBuiltIn) return undefined
  const ownPrice = createOwnPrice(prices)
  const priceOf = memoize((model) => ownPrice(model) ?? (hasBuiltIn ? anthropicPrice(model) : undefined))
  return ({ used, usage, endpoint, isSubscription = false }) => {
    if (used === undefined || usage === undefined || isSubscription) return undefined
    const price = priceOf(used)
    if (price === undefined) return undefined
    const amount = amountOf(usage, price) * (endpoint === 'batches' ? batchFactor : 1)
    return Math.round(amount * amountsInOne) / amountsInOne
  }
}
