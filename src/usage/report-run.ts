import type { TimeZone } from '../base/time-zone.ts'
import type { SlotRange } from './periods.ts'
import { addSums, allTokens, noSums, type Sums } from './sums.ts'
import type { PriceOf, UsageQuery } from './usage-report.ts'
import type { GroupedSums, UsageColumn, UsageSource } from './usage-source.ts'

/** A report in progress. */
export interface ReportRun {
  readonly source: UsageSource
  /** Lets other work of the process run. */
  readonly pause: () => Promise<void>
  readonly query: UsageQuery
  readonly range: SlotRange
  readonly zone: TimeZone
}

/** Requests that used an upstream, where no price is known. Sums do not say which failed requests did. */
const unpricedOf = ({ cost, unpriced, requests, refused, failed }: Sums): number =>
  cost === null ? unpriced : Math.max(unpriced, requests - refused - failed)

/** The sums at another price. `values` are the upstream and the model. */
export const reprice = (priceOf: PriceOf, [upstream, model]: GroupedSums['values'], sums: Sums): Sums => {
  // Without usage, the cost is not known: it is not 0.
  if (allTokens(sums) === 0) return { ...sums, cost: null, unpriced: unpricedOf(sums) }
  const { input, cacheRead, cacheWrite, cacheWrite1h, output } = sums
  const cost = priceOf(String(upstream), String(model), {
    inputTokens: input,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    cacheWrite1hTokens: cacheWrite1h,
    outputTokens: output,
  })
  if (cost !== undefined) return { ...sums, cost, unpriced: sums.unmeasured }
  return { ...sums, cost: null, unpriced: unpricedOf(sums) }
}

/** Reads the sums by the columns, at the price of the query. */
export const readSums = (
  { source, query }: ReportRun,
  range: SlotRange,
  columns: readonly UsageColumn[],
): readonly GroupedSums[] => {
  const { priceOf } = query
  if (priceOf === undefined) return source.sums(range, columns, query)
  return source
    .sums(range, [...columns, 'upstream', 'model'], query)
    .map(({ values, sums }) => ({ values, sums: reprice(priceOf, values.slice(columns.length), sums) }))
}

/** Sums by a key. */
export type Groups<Key> = Map<Key, Sums>

export const addTo = <Key>(groups: Groups<Key>, key: Key, sums: Sums): void => {
  groups.set(key, addSums(groups.get(key) ?? noSums, sums))
}
