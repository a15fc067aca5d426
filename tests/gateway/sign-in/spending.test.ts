import { expect, test } from 'bun:test'
import { createLogger, type LogRecord } from '../../../src/base/logger.ts'
import { createSpending } from '../../../src/gateway/sign-in/spending.ts'
import { budgetOptions } from '../../support/limits.ts'
import { requestRecord } from '../../support/records.ts'

/** A Sunday: the week ends with the day. */
const sundayNoon = Date.UTC(2026, 10, 29, 12)
const dayMs = 86_400_000

const start = (at = sundayNoon, zone = 'UTC') => {
  const clock = { at }
  const logged: LogRecord[] = []
  const log = createLogger('info', (record) => logged.push(record))
  const spending = createSpending({ zone: budgetOptions(clock, { zone }).zone, date: () => clock.at, log })
  const spend = (cost: number, client?: string): void =>
    spending.observer(requestRecord({ at: clock.at, cost, client }), undefined)
  return { clock, spending, spend, logged }
}

test('what a client spends counts for its day, its week from Monday and its month (SI-Q3)', () => {
  const { clock, spending, spend } = start(sundayNoon - dayMs)
  spend(1, 'alice')
  clock.at += dayMs
  spend(2, 'alice')
  spend(4, 'bob')
  spend(8)
  expect(spending.of('alice')).toEqual({ daily: 2, weekly: 3, monthly: 3 })
  expect(spending.of('bob')).toEqual({ daily: 4, weekly: 4, monthly: 4 })
  expect(spending.of()).toEqual({ daily: 8, weekly: 8, monthly: 8 })
  // Monday.
  clock.at += dayMs
  expect(spending.of('alice')).toEqual({ daily: 0, weekly: 0, monthly: 3 })
  // The first of December.
  clock.at += dayMs
  expect(spending.of('alice')).toEqual({ daily: 0, weekly: 0, monthly: 0 })
})

test('the periods are those of the time zone (SI-Q3)', () => {
  // In Tokyo, Monday has begun.
  const { clock, spending, spend } = start(Date.UTC(2026, 10, 29, 15, 30), 'Asia/Tokyo')
  clock.at -= dayMs / 2
  spend(1)
  clock.at += dayMs / 2
  expect(spending.of()).toEqual({ daily: 0, weekly: 0, monthly: 1 })
})

test('requests without a cost, and of a time before the period, count nothing (SI-Q3)', () => {
  const { spending, clock } = start()
  spending.observer(requestRecord({ at: clock.at }), undefined)
  spending.observer(requestRecord({ at: clock.at - dayMs, cost: 1, client: undefined }), undefined)
  expect(spending.of()).toEqual({ daily: 0, weekly: 1, monthly: 1 })
})

test('a restart remembers what the history knows (SI-Q3)', async () => {
  const { spending, spend, logged } = start()
  spend(1, 'alice')
  const sinces: number[] = []
  await spending.restore(async (since) => {
    sinces.push(since)
    return [
      { client: 'alice', tokens: 0, requests: 0, cost: 10 },
      { client: '', tokens: 0, requests: 0, cost: 5 },
    ]
  })
  expect(sinces).toEqual([Date.UTC(2026, 10, 29), Date.UTC(2026, 10, 23), Date.UTC(2026, 10, 1)])
  expect(spending.of('alice')).toEqual({ daily: 11, weekly: 11, monthly: 11 })
  expect(spending.of()).toEqual({ daily: 5, weekly: 5, monthly: 5 })
  await spending.restore(() => Promise.reject(new TypeError('secret')))
  expect(logged).toMatchObject([{ event: 'sign_in.spending_not_restored', fields: { error: 'TypeError' } }])
})
