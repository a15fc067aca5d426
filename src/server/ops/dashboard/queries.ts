import { type Static, Type } from '@sinclair/typebox'
import { invalidRequest } from '../../../base/errors.ts'
import type { UsageQuery } from '../../../usage/usage-report.ts'
import { OneOf, Open } from '../../../wire/schema.ts'
import { toRouteSchema } from '../../http/route-schema.ts'

/** Reads what the page asks of its data. */

/** Query parameters are texts. */
const SummaryValues = Open({
  /** ISO 8601. */
  since: Type.String(),
  until: Type.String(),
  by: OneOf('model', 'client', 'session', 'error', 'day'),
  timezone: Type.String({ maxLength: 64 }),
})
export type SummaryValues = Static<typeof SummaryValues>
export const summaryQuery = toRouteSchema(SummaryValues)

const RequestsValues = Open({
  before: Type.Optional(Type.String({ maxLength: 200 })),
  limit: Type.Optional(Type.String({ pattern: '^[1-9]\\d{0,3}$' })),
})
export type RequestsValues = Static<typeof RequestsValues>
export const requestsQuery = toRouteSchema(RequestsValues)

/** Rows of a page; the largest number that a page may ask for. */
const [usualRows, mostRows] = [50, 100]

export const rowsOf = (limit: string | undefined): number => Math.min(mostRows, Number(limit ?? usualRows))

const millisecondsPerDay = 86_400_000
/** Local days may have an hour more. */
const longestRange = 90 * millisecondsPerDay + 2 * 3_600_000

/** Beyond these, a day of another time zone may be no date. */
const [earliest, latest] = [0, Date.UTC(10_000, 0)]

const timeOf = (name: 'since' | 'until', text: string): number => {
  const at = Date.parse(text)
  if (!(at >= earliest && at <= latest)) throw invalidRequest([name], 'Input should be a time in ISO 8601')
  return at
}

/** Throws GatewayError for a range that is too long, or ends before it begins. */
export const toUsageQuery = (values: SummaryValues, client: string | undefined): UsageQuery => {
  const since = timeOf('since', values.since)
  const until = timeOf('until', values.until)
  if (until <= since) throw invalidRequest(['until'], 'Input should be after since')
  if (until - since > longestRange) throw invalidRequest(['since'], 'The range should be at most 90 days')
  return { since, until, by: values.by, timezone: values.timezone, client, limit: mostRows, hasSeries: true }
}
