import { describe, expect, test } from 'bun:test'
import { restoreAccounts } from '../../../src/gateway/policy/restore-accounts.ts'
import { createMemoryStore } from '../../../src/state/memory-store.ts'
import { budgetOptions } from '../../support/limits.ts'

const noon = Date.UTC(2026, 10, 29, 12)

describe('the accounts of processes that share a memory', () => {
  test('begin with what clients used before the start, in the zone of the budgets (OP-L11, OP-K7)', async () => {
    const options = budgetOptions({ at: noon }, { zone: 'Pacific/Auckland' })
    const { add, read } = createMemoryStore({ now: () => 0, date: options.date })
    const periods: string[] = []
    await restoreAccounts(
      async (since, until) => {
        periods.push([since, until].map((time) => new Date(time).toISOString()).join(' '))
        return [
          { client: 'alice', tokens: 900, requests: 9, cost: 1 },
          { client: '', tokens: 10, requests: 2, cost: 0.5 },
        ]
      },
      { ...options, add },
    )
    expect(periods).toEqual([
      '2026-11-29T11:00:00.000Z 2026-11-30T11:00:00.000Z',
      '2026-10-31T11:00:00.000Z 2026-11-30T11:00:00.000Z',
    ])
    expect(read('budget:alice:day:2026-11-30')).toEqual({ tokens: 900, requests: 9, cost: 0 })
    expect(read('budget:alice:month:2026-11')).toEqual({ tokens: 0, requests: 0, cost: 1 })
    expect(read('budget:default:day:2026-11-30')).toEqual({ tokens: 10, requests: 2, cost: 0 })
    expect(read('budget:default:month:2026-11')).toEqual({ tokens: 0, requests: 0, cost: 0.5 })
  })

  test('begin empty if the history cannot be read, and the log says so (OP-L11)', async () => {
    const options = budgetOptions({ at: noon })
    await restoreAccounts(() => Promise.reject(new TypeError('secret')), { ...options, add: () => {} })
    expect(options.logged).toMatchObject([
      { level: 'warn', event: 'budget.not_restored', fields: { error: 'TypeError' } },
    ])
  })
})
