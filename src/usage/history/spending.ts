import { toSlotRange } from '../periods.ts'
import type { Spending } from '../usage-store.ts'
import type { RequestReaderOptions } from './read-requests.ts'

const ofRange = `SELECT client, sum(budget_requests) AS requests, sum(budget_tokens) AS tokens, total(cost) AS cost FROM slot_total
  WHERE slot >= ? AND slot < ? GROUP BY client`

/** About a millisecond. */
const slotsPerTurn = 96

/** Adds up what each client used, for its budget (OP-L11). */
export const readSpending = async (
  { connection, pause }: RequestReaderOptions,
  since: number,
  until: number,
): Promise<readonly Spending[]> => {
  const range = toSlotRange(since, until)
  const spent = new Map<string, Spending>()
  for (let from = range.from; from < range.until; from += slotsPerTurn) {
    const rows = connection.objects<Spending>(ofRange, [from, Math.min(from + slotsPerTurn, range.until)])
    for (const { client, requests, tokens, cost } of rows) {
      const known = spent.get(client) ?? { requests: 0, tokens: 0, cost: 0 }
      spent.set(client, {
        client,
        requests: known.requests + requests,
        tokens: known.tokens + tokens,
        cost: known.cost + cost,
      })
    }
    await pause()
  }
  return [...spent.values()]
}
