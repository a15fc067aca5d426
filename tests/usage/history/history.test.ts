import { Database } from 'bun:sqlite'
import { afterEach, describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createLogger } from '../../../src/base/logger.ts'
import { createLosses } from '../../../src/gateway/observers/losses.ts'
import type { RequestRecord } from '../../../src/gateway/request-record.ts'
import type { UsageQuery, UsageReader } from '../../../src/usage/usage-report.ts'
import { afterTest, cleanUp } from '../../support/cleanup.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { modeOf, writeFile } from '../../support/files.ts'
import { noon, testHistory } from '../../support/history.ts'
import { requestRecord, usage } from '../../support/records.ts'
import { waitUntil } from '../../support/wait-until.ts'

afterEach(cleanUp)

const day = 86_400_000
const query: UsageQuery = { by: 'day', since: noon - 2000 * day, until: noon + 2 * day, timezone: 'UTC' }

const newFile = (): string => join(temporaryFolder(), 'usage.sqlite')

const record = (requestId: string, members: Partial<RequestRecord> = {}): RequestRecord =>
  requestRecord({ requestId, usage, ...members })

const countOf = async (reader: UsageReader): Promise<number> => (await reader.summarize(query)).total.requests
const idsOf = async (reader: UsageReader): Promise<string[]> =>
  (await reader.requests({ limit: 1000 })).requests.map(({ id }) => id)

/** Opens the file with SQLite itself. */
const openDirectly = (file: string): Database => {
  const database = new Database(file)
  afterTest(() => database.close())
  return database
}
const valuesOf = (database: Database, sql: string): unknown[] => database.query(sql).values().flat()

/** The code of what the work rejects with. */
const failureOf = (work: void | Promise<void>): Promise<string> =>
  Promise.resolve(work).then(
    () => 'no failure',
    ({ name }: Error) => name,
  )

describe('the file of the history', () => {
  test('is made with the first request, and only its owner can read it (OP-H1)', async () => {
    const file = join(temporaryFolder(), 'state', 'nexus-claude-api', 'usage.sqlite')
    const { history } = testHistory(file)
    await history.sink.write([])
    expect(readdirSync(join(file, '..', '..', '..'))).toEqual([])
    await history.sink.write([record('1')])
    expect(history.state()).toBe('on')
    const files = readdirSync(dirname(file))
    expect(files.sort()).toEqual(['usage.sqlite', 'usage.sqlite-shm', 'usage.sqlite-wal'])
    expect(files.map((name) => modeOf(join(dirname(file), name)))).toEqual([0o600, 0o600, 0o600])
    expect([modeOf(dirname(file)), modeOf(join(dirname(file), '..'))]).toEqual([0o700, 0o700])
    await history.sink.end?.()
    expect(readdirSync(dirname(file))).toEqual(['usage.sqlite'])
  })

  test('has strict tables, a write-ahead log and space that can shrink (OP-H1)', async () => {
    const file = newFile()
    const { history } = testHistory(file)
    await history.sink.write([record('1')])
    const database = openDirectly(file)
    const pragmas = ['journal_mode', 'auto_vacuum', 'user_version'].map((name) => valuesOf(database, `PRAGMA ${name}`))
    expect(pragmas).toEqual([['wal'], [2], [1]])
    const tables = valuesOf(database, "SELECT sql FROM sqlite_schema WHERE type = 'table'")
    expect(tables.map((sql) => /STRICT(?:, WITHOUT ROWID)?$/.test(String(sql)))).toEqual([true, true, true])
  })

  test('of a newer version stays as it is, and the history is off after one warning (OP-H1)', async () => {
    const file = newFile()
    const first = testHistory(file)
    await first.history.sink.write([record('1')])
    const database = openDirectly(file)
    database.run('PRAGMA user_version = 2')
    database.run('CREATE TABLE later (value TEXT)')
    database.close()
    await first.history.sink.end?.()
    const before = readFileSync(file)
    const { history, logged, clock } = testHistory(file)
    for (const id of ['2', '3']) {
      await history.sink.write([record(id)])
      clock.time += 60_000
    }
    expect(logged).toEqual([['history.off', { reason: 'newer version' }]])
    expect(history.state()).toBe('off')
    expect(readFileSync(file)).toEqual(before)
    expect(readdirSync(dirname(file))).toEqual(['usage.sqlite'])
  })

  test('of another program stays as it is', async () => {
    const file = newFile()
    const database = new Database(file)
    database.run('CREATE TABLE notes (text TEXT)')
    database.close()
    const before = readFileSync(file)
    const { history, logged } = testHistory(file)
    await history.sink.write([record('1')])
    expect(logged).toEqual([['history.off', { reason: 'not a history' }]])
    expect(readFileSync(file)).toEqual(before)
    const status = await history.summarize(query).catch((error: { status: number }) => error.status)
    expect(status).toBe(503)
  })

  test('that is not a database is renamed, and a new one begins (OP-H3)', async () => {
    const file = writeFile(newFile(), 'no database '.repeat(1000))
    const { history, logged } = testHistory(file)
    await history.sink.write([record('1')])
    const renamed = 'usage.sqlite.corrupt-20261129T120000Z'
    expect(logged).toEqual([['history.corrupt', { renamed }]])
    expect(readFileSync(join(dirname(file), renamed), 'utf8')).toStartWith('no database ')
    expect(await idsOf(history)).toEqual(['1'])
  })

  test('that becomes corrupt is renamed at the next try, but not the new file of another process (OP-H3)', async () => {
    const file = newFile()
    const [one, other] = [testHistory(file), testHistory(file)]
    const records = Array.from({ length: 200 }, (_, index) => record(`req_${index}`, { session: `session-${index}` }))
    await one.history.sink.write(records)
    await one.history.sink.end?.()
    const bytes = readFileSync(file)
    writeFileSync(file, bytes.fill(0xff, 8192))
    expect(await failureOf(one.history.sink.write([record('lost')]))).toStartWith('SQLITE_CORRUPT')
    expect(await failureOf(other.history.sink.write([record('lost')]))).toStartWith('SQLITE_CORRUPT')
    for (const { clock } of [one, other]) clock.time += 10_000
    await one.history.sink.write([record('1')])
    await other.history.sink.write([record('2')])
    expect(one.logged.map(([event]) => event)).toEqual(['history.failed', 'history.corrupt', 'history.works'])
    expect(other.logged.map(([event]) => event)).toEqual(['history.failed', 'history.works'])
    expect((await idsOf(one.history)).sort()).toEqual(['1', '2'])
  })

  test('that cannot be read is a 503 for readers, and a new one begins 10 s later (OP-H3)', async () => {
    const file = newFile()
    const { history, logged, clock } = testHistory(file)
    await history.sink.write(Array.from({ length: 200 }, (_, index) => record(`req_${index}`)))
    await history.sink.end?.()
    writeFileSync(file, readFileSync(file).fill(0xff, 8192))
    const statusOf = () => history.requests({ limit: 500 }).catch((error: { status: number }) => error.status)
    expect([await statusOf(), await statusOf()]).toEqual([503, 503])
    clock.time += 10_000
    expect(await statusOf()).toEqual({ requests: [] })
    expect(logged.map(([event]) => event)).toEqual(['history.failed', 'history.corrupt'])
  })

  test('that a user deletes begins again', async () => {
    const file = newFile()
    const { history } = testHistory(file)
    await history.sink.write([record('1')])
    for (const name of readdirSync(dirname(file))) rmSync(join(dirname(file), name))
    await history.sink.write([record('2')])
    expect(await idsOf(history)).toEqual(['2'])
    expect(modeOf(file)).toBe(0o600)
  })

  test('that a user replaces with a backup gets nothing of the log of the old one (OP-H1)', async () => {
    const folder = temporaryFolder()
    const [file, backup] = [join(folder, 'usage.sqlite'), join(folder, 'backup.sqlite')]
    const other = testHistory(backup)
    await other.history.sink.write([record('1'), record('2')])
    await other.history.sink.end?.()
    const { history, logged } = testHistory(file)
    await history.sink.write([record('3')])
    renameSync(backup, file)
    await history.sink.write([record('4')])
    expect(await idsOf(history)).toEqual(['4', '2', '1'])
    expect(logged).toEqual([])
    await history.sink.end?.()
    expect(readdirSync(folder)).toEqual(['usage.sqlite'])
  })

  test('that cannot be made is tried again every 10 s, with one warning (OP-H3)', async () => {
    const folder = temporaryFolder()
    const blocking = writeFile(join(folder, 'state'), '')
    const { history, logged, clock } = testHistory(join(folder, 'state', 'usage.sqlite'))
    for (const id of ['1', '2', '3']) {
      expect(await failureOf(history.sink.write([record(id)]))).toMatch(/^E(?:EXIST|NOTDIR)$/)
      clock.time += 9000
    }
    expect(history.state()).toBe('failed')
    rmSync(blocking)
    clock.time += 1000
    await history.sink.write([record('4')])
    expect(logged.map(([event]) => event)).toEqual(['history.failed', 'history.works'])
    expect(await idsOf(history)).toEqual(['4'])
  })

  test('that another process has locked is waited for, but the process goes on (OP-H3)', async () => {
    const file = newFile()
    const { history, logged, clock } = testHistory(file)
    await history.sink.write([record('1')])
    const database = openDirectly(file)
    database.run('BEGIN IMMEDIATE')
    const started = performance.now()
    expect(await failureOf(history.sink.write([record('lost')]))).toBe('SQLITE_BUSY')
    // The wait of 2 s is on the clock of the test.
    expect(performance.now() - started).toBeLessThan(1500)
    expect(clock.time - noon).toBeGreaterThanOrEqual(2000)
    expect(await failureOf(history.sink.write([record('lost')]))).toBe('SQLITE_BUSY')
    database.run('COMMIT')
    clock.time += 10_000
    await history.sink.write([record('2')])
    expect(logged).toEqual([
      ['history.failed', { reason: 'SQLITE_BUSY' }],
      ['history.works', {}],
    ])
    expect(await idsOf(history)).toEqual(['2', '1'])
  })
})

test('only rows are lost, not probes and lists (OP-H3)', async () => {
  const file = writeFile(join(temporaryFolder(), 'folder', 'file'), '')
  const { history, clock } = testHistory(join(file, 'usage.sqlite'))
  const log = createLogger('error', () => {})
  const losses = createLosses({ log, now: () => clock.time })
  const report = history.createReport({ losses, defer: (work) => work() })
  for (const [id, endpoint] of [
    ['1', 'health'],
    ['2', 'messages'],
    ['3', 'models'],
    ['4', 'other'],
  ] as const)
    report.observe(record(id, { endpoint }), undefined)
  await report.end(AbortSignal.timeout(2000))
  expect(losses.counts().get('history')).toBe(1)
})

describe('rows of the history', () => {
  test('a request that is reported twice counts once, in the rows and in the sums (OP-H2, OP-H4)', async () => {
    const { history } = testHistory(newFile())
    await history.sink.write([record('1'), record('2'), record('1')])
    await history.sink.write([record('2'), record('3')])
    expect((await idsOf(history)).sort()).toEqual(['1', '2', '3'])
    const { total } = await history.summarize(query)
    expect([total.requests, total.outputTokens]).toEqual([3, 120])
  })

  test('sums of a slot grow, with their histogram (OP-H4)', async () => {
    const file = newFile()
    const { history } = testHistory(file)
    const priced = { cost: 0.5, firstEventMs: 300, durationMs: 5000 }
    await history.sink.write([
      record('1', priced),
      record('2', { at: noon + 899_999, firstEventMs: 50, durationMs: 1 }),
    ])
    await history.sink.write([record('3', priced), record('4', { at: noon + 900_000 })])
    const rows = openDirectly(file)
      .query(
        'SELECT slot, requests, output, budget_requests, budget_tokens, cost, unpriced, duration_ms, first_event_ms, h FROM slot_total',
      )
      .values()
    const slot = noon / 900_000
    expect(rows).toEqual([
      [slot, 3, 120, 3, 9210, 1, 1, 10_001, 650, 'a1d2A1G2'],
      [slot + 1, 1, 40, 1, 3070, null, 1, 1235, 300, 'd1D1'],
    ])
  })

  test('one figure that is not a number loses no other row', async () => {
    const { history } = testHistory(newFile())
    const broken = { ...usage, input_tokens: Number.NaN, output_tokens: 1e300 }
    await history.sink.write([record('1', { usage: broken, cost: Number.POSITIVE_INFINITY }), record('2')])
    expect(await countOf(history)).toBe(2)
  })
})

describe('old rows', () => {
  test('go at the start and every 6 hours, in short turns, and their space too (OP-H5)', async () => {
    const file = newFile()
    const old = (id: string, days: number) => record(id, { at: noon - days * day - 900_000 })
    const { history, clock } = testHistory(file, { days: 10, rollupDays: 100 })
    await history.sink.write([record('new')])
    const records = Array.from({ length: 450 }, (_, index) => old(`old_${index}`, 10))
    for (let start = 0; start < 450; start += 150) await history.sink.write(records.slice(start, start + 150))
    await history.sink.write([old('older', 100)])
    expect([await countOf(history), (await idsOf(history)).length]).toEqual([452, 452])
    const database = openDirectly(file)
    const hasOld = () => valuesOf(database, 'SELECT count(*) FROM request')[0] !== 2
    clock.time += 6 * 3_600_000
    await history.sink.write([record('newer')])
    await waitUntil(() => !hasOld() && valuesOf(database, 'PRAGMA freelist_count')[0] === 0)
    expect(await idsOf(history)).toEqual(['newer', 'new'])
    // Sums stay longer than requests.
    expect(await countOf(history)).toBe(452)
    expect(valuesOf(database, 'PRAGMA integrity_check')).toEqual(['ok'])
    await history.sink.end?.()
    const next = testHistory(file, { days: 10, rollupDays: 100 })
    next.clock.time += 10 * day + 1
    await next.history.sink.write([record('newest', { at: noon + 10 * day })])
    await waitUntil(() => valuesOf(database, 'SELECT count(*) FROM request')[0] === 1)
  })
})

describe('sums of past days', () => {
  const write = (file: string, sql: string): void => {
    const database = new Database(file)
    database.run(sql)
    database.close()
  }

  test('are read once, and again after a change of the past (OP-D3)', async () => {
    const file = newFile()
    const { history } = testHistory(file)
    await history.sink.write([record('1', { at: noon - day }), record('2')])
    expect(await countOf(history)).toBe(2)
    write(file, 'UPDATE slot_total SET requests = requests + 10')
    // Only the day that is not over is read again.
    expect(await countOf(history)).toBe(12)
    write(file, 'UPDATE revision SET value = value + 1')
    expect(await countOf(history)).toBe(22)
  })

  test('change when a request ends late, also in another process (OP-D3)', async () => {
    const file = newFile()
    const [one, other] = [testHistory(file), testHistory(file)]
    await one.history.sink.write([record('1', { at: noon - day })])
    expect(await countOf(one.history)).toBe(1)
    await other.history.sink.write([record('2', { at: noon - day })])
    expect(await countOf(one.history)).toBe(2)
  })
})

describe('what clients have spent', () => {
  test('is the sum of their requests in a range, as budgets count it (OP-L7, OP-L11)', async () => {
    const { history } = testHistory(newFile())
    const odd = { ...usage, cache_read_input_tokens: 1 }
    await history.sink.write([
      record('1', { client: 'alice', usage: odd, cost: 0.5 }),
      record('2', { client: 'alice', usage: odd, cost: 0.25, at: noon - day }),
      record('3', { client: 'alice', usage: odd, at: noon - 2 * day }),
      record('4', { client: 'bob', outcome: 'refused', attempts: 0, usage: undefined as never }),
      record('6', { client: 'bob', outcome: 'refused', attempts: 1, usage: undefined as never }),
      record('5'),
    ])
    const tokens = 10 + 3000 + 40 + 1
    expect(await history.spent(noon - day, noon + day)).toEqual([
      { client: 'alice', requests: 2, tokens: 2 * tokens, cost: 0.75 },
      { client: '', requests: 1, tokens: 3070, cost: 0 },
      { client: 'bob', requests: 1, tokens: 0, cost: 0 },
    ])
  })
})
