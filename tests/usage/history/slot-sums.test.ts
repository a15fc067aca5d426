import { Database } from 'bun:sqlite'
import { afterEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { openDatabaseFile } from '../../../src/usage/history/database-file.ts'
import { createHistoryReader } from '../../../src/usage/history/reader.ts'
import type { UsageQuery } from '../../../src/usage/usage-report.ts'
import { afterTest, cleanUp } from '../../support/cleanup.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { noon } from '../../support/history.ts'

afterEach(cleanUp)

const day = 86_400_000
const [days, slotsOfDay, keys, requestsOfSlot] = [30, 32, 30, 35]
const slots = days * slotsOfDay * keys
const firstSlot = (noon - days * day) / 900_000

/** Ten clients use three models, eight hours a day: a million requests in 30 days. */
const fill = `INSERT INTO slot_total
  WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${slots - 1})
  SELECT ${firstSlot} + (n / ${slotsOfDay * keys}) * 96 + n / ${keys} % ${slotsOfDay}, 'nexus', 'model-' || (n % 3),
    'client-' || (n / 3 % 10), '', 'answered', '', ${requestsOfSlot}, 10, 20, 30, 0, 40, 50, 55, 0.5, 0, 0, 60, 70, 'd20e15G35'
  FROM numbers`

const cpuTime = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const query = (by: UsageQuery['by'], members: Partial<UsageQuery> = {}): UsageQuery => ({
  by,
  since: noon - days * day,
  until: noon,
  timezone: 'Europe/Berlin',
  ...members,
})

const filled = () => {
  const { connection } = openDatabaseFile(join(temporaryFolder(), 'usage.sqlite'), Database)
  afterTest(connection.close)
  connection.execute(fill)
  let turns = 0
  const reader = createHistoryReader({
    connection,
    now: cpuTime,
    date: () => noon,
    turn: async () => {
      turns += 1
    },
  })
  return { reader, turns: () => turns }
}

const timeOf = async (work: () => Promise<unknown>): Promise<number> => {
  const start = cpuTime()
  await work()
  return cpuTime() - start
}

describe('a million requests of 30 days', () => {
  test.each(['day', 'hour', 'model', 'client'] as const)(
    'a report by %s takes less than 100 ms, and reads no single request (OP-H4)',
    async (by) => {
      const { reader } = filled()
      let requests = 0
      const read = async () => {
        requests = (await reader.summarize(query(by))).total.requests
      }
      expect(await timeOf(read)).toBeLessThan(100)
      expect(requests).toBe(slots * requestsOfSlot)
    },
  )

  test("the page's data takes less than 100 ms in turns, and less than 20 ms the next time (OP-D3)", async () => {
    const { reader, turns } = filled()
    const page = () => reader.summarize(query('model', { hasSeries: true }))
    expect(await timeOf(page)).toBeLessThan(100)
    expect(turns()).toBeGreaterThan(3)
    expect(await timeOf(page)).toBeLessThan(20)
  })
})
