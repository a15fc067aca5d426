import { Database } from 'bun:sqlite'
import { afterEach, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openHistory } from '../../../src/usage/history/open-history.ts'
import { applicationId, migrations } from '../../../src/usage/history/schema.ts'
import type { RequestRow } from '../../../src/usage/usage-report.ts'
import { afterTest, cleanUp } from '../../support/cleanup.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { noon, testHistory } from '../../support/history.ts'
import { requestRecord, usage } from '../../support/records.ts'

afterEach(cleanUp)

const turn = (): Promise<void> => Promise.resolve()

const requestsOf = async (file: string): Promise<readonly RequestRow[]> => {
  const history = await openHistory(file, { now: () => 0, date: () => noon, turn })
  if (history !== undefined) afterTest(history.close)
  return (await history?.requests({ limit: 10 }))?.requests ?? []
}

const oldColumns =
  'id, at, slot, endpoint, upstream, model, client, domain, session, subagent, status, outcome, error, stream, input, cache_read, cache_write, cache_write_1h, output, first_event_ms, duration_ms, attempts, cost'

/** As a program writes and reads that knows nothing of later columns. */
const insertAsOldProgram = (database: Database, id: string): void =>
  void database.run(
    `INSERT OR IGNORE INTO request (${oldColumns}) VALUES ('${id}', ${noon}, 0, 'messages', 'nexus', 'm', '', '', 's', 0, 200, 'answered', '', 1, 1, 2, 3, 0, 4, 5, 6, 1, 0.5)`,
  )

const oldFile = (): { file: string; database: Database } => {
  const file = join(temporaryFolder(), 'usage.sqlite')
  const database = new Database(file)
  afterTest(() => database.close())
  database.run(migrations[0] ?? '')
  database.run('PRAGMA user_version = 1')
  database.run(`PRAGMA application_id = ${applicationId}`)
  insertAsOldProgram(database, 'old')
  return { file, database }
}

const audited = requestRecord({
  requestId: 'audited',
  usage,
  cacheClass: 'tools_changed',
  cacheExpectedTokens: 3000,
  cacheMissedTokens: 2800,
  cacheReachUnits: 7,
  cost: 0.5,
  cacheCost: 0.25,
})

describe('what the audit of the cache found', () => {
  test('is in the history with its request (CA-U1, CA-C8)', async () => {
    const file = join(temporaryFolder(), 'usage.sqlite')
    const { history } = testHistory(file)
    await history.sink.write([audited, requestRecord({ requestId: 'plain', at: noon - 1 })])
    const [first, second] = await requestsOf(file)
    expect(first).toMatchObject({
      id: 'audited',
      cacheClass: 'tools_changed',
      cacheExpectedTokens: 3000,
      cacheMissedTokens: 2800,
      cacheCost: 0.25,
    })
    expect(
      Object.keys(second ?? {}).filter((name) => /^cache[A-Z]\w*(?:Class|Expected|Missed|Cost)/.test(name)),
    ).toEqual([])
    expect(second).not.toHaveProperty('cacheClass')
  })

  test('gets its columns in a file of an older program, whose requests stay (CA-U1)', async () => {
    const { file } = oldFile()
    const { history } = testHistory(file)
    await history.sink.write([audited])
    expect((await requestsOf(file)).map(({ id, cacheClass }) => [id, cacheClass])).toEqual([
      ['old', undefined],
      ['audited', 'tools_changed'],
    ])
  })

  test('is absent in a file of an older program that is only read, and no byte changes (CA-U1)', async () => {
    const { file, database } = oldFile()
    database.close()
    const before = readFileSync(file)
    const [row] = await requestsOf(file)
    expect([row?.id, row?.cost, row?.cacheClass]).toEqual(['old', 0.5, undefined])
    expect(readFileSync(file)).toEqual(before)
  })

  test('leaves a file that older programs read and write, also while it is open there (CA-U1)', async () => {
    const { file, database } = oldFile()
    const read = (): unknown[] => database.query(`SELECT ${oldColumns} FROM request ORDER BY id`).values()
    expect(read()).toHaveLength(1)
    const { history } = testHistory(file)
    await history.sink.write([audited])
    insertAsOldProgram(database, 'older')
    expect(read().map((row) => (row as unknown[])[0])).toEqual(['audited', 'old', 'older'])
    expect(database.query('PRAGMA user_version').values()).toEqual([[1]])
    expect((await history.requests({ limit: 10 })).requests).toHaveLength(3)
  })
})
