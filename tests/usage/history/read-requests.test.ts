import { Database } from 'bun:sqlite'
import { afterEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import { openDatabaseFile } from '../../../src/usage/history/database-file.ts'
import { readSessions } from '../../../src/usage/history/read-requests.ts'
import { toSlotRange } from '../../../src/usage/periods.ts'
import { afterTest, cleanUp } from '../../support/cleanup.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { noon } from '../../support/history.ts'

afterEach(cleanUp)

const count = 60_000
const fill = `INSERT INTO request
  WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count - 1})
  SELECT 'req_' || n, ${noon} - n * 1000, (${noon} - n * 1000) / 900000, 'messages', 'nexus', 'model-' || (n % 2), 'alice', '',
    'session-1', n % 4 = 0, 200, 'answered', '', 1, 1, 2, 3, 0, 4, 500, 1000, 1, 0.5, NULL, NULL, NULL, NULL
  FROM numbers`

test('a session of any length is read in short turns, a few requests at a time (OP-D3)', async () => {
  const { connection } = openDatabaseFile(join(temporaryFolder(), 'usage.sqlite'), Database)
  afterTest(connection.close)
  connection.execute(fill)
  let [longest, since] = [0, process.cpuUsage()]
  const pause = async (): Promise<void> => {
    const { user, system } = process.cpuUsage(since)
    longest = Math.max(longest, (user + system) / 1000)
    since = process.cpuUsage()
  }
  const range = toSlotRange(noon - count * 1000, noon + 1000)
  const sessions = await readSessions({ connection, pause }, { ...range, wantsModels: true })
  await pause()
  expect(sessions).toMatchObject([{ session: 'session-1', subagentRequests: count / 4, lastAt: noon }])
  expect(sessions[0]?.parts.map(({ values, sums }) => [...values, sums.requests, sums.output, sums.cost])).toEqual([
    ['nexus', 'model-0', count / 2, count * 2, count / 4],
    ['nexus', 'model-1', count / 2, count * 2, count / 4],
  ])
  // A turn takes about a millisecond: the sums of all requests at once took 100.
  expect(longest).toBeLessThan(40)
})
