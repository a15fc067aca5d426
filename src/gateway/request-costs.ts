import { missCostOf } from './cache-miss.ts'
import type { CostlessRecord, CostOf, RequestRecord } from './request-record.ts'

/** Adds what a request has cost, and what its miss of the prompt cache has, for the model `used`. */
export const withCosts = (
  record: CostlessRecord,
  used: string | undefined,
  costOf: CostOf | undefined,
): RequestRecord => {
  if (costOf === undefined) return record
  const priced = used === undefined ? record : { ...record, used }
  const cost = costOf(priced)
  if (cost === undefined) return record
  const cacheCost = missCostOf(priced, costOf)
  return { ...record, cost, ...(cacheCost !== undefined && { cacheCost }) }
}
