import { Database } from 'bun:sqlite'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createConnection } from '../../src/usage/history/connection.ts'
import { openDatabaseFile } from '../../src/usage/history/database-file.ts'
import { createHistoryReader } from '../../src/usage/history/reader.ts'
import { deleteRequestsBefore } from '../../src/usage/history/retention.ts'
import { writeRequests } from '../../src/usage/history/write-requests.ts'
import type { RequestRow, UsageQuery } from '../../src/usage/usage-report.ts'

/**
 * Prints what a large history costs: 1,000,000 requests of 90 days, and the sums of two years.
 *
 *   bun scripts/bench/history.ts [--rows 1000000]
 *
 * Ten clients use three models, eight hours a day. The CPU time counts: it does not depend on other programs.
 */

const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' } } })
const requests = Number(values.rows)

const [dayMs, slotMs] = [86_400_000, 900_000]
const [requestDays, slotDays] = [90, 500]
const now = Math.floor(Date.now() / dayMs) * dayMs + 17 * 3_600_000

/** Number `n` of `count` requests, from the oldest to the newest, in the first eight hours of each day. */
const timeOf = (n: string, count: number): string => {
  const perDay = Math.ceil(count / requestDays)
  return `${now - requestDays * dayMs} + (${n} / ${perDay}) * ${dayMs} + (${n} % ${perDay}) * ${Math.floor(dayMs / 3 / perDay)}`
}
const modelOf = (n: string): string => `'us.anthropic.claude-model-' || (${n} % 3) || '-20251101-v1:0'`

const fillRequests = `INSERT INTO request
  WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${requests - 1}),
  timed AS (SELECT n, ${timeOf('n', requests)} AS at FROM numbers)
  SELECT 'req_' || hex(randomblob(12)), at, at / ${slotMs}, 'messages', 'nexus', ${modelOf('n')},
    'client-' || (n % 10), 'team.example', 'session-' || (n / 400) || '-' || (n % 10), n % 5 = 0, 200, 'answered', '', 1,
    10, 20000, 300, 0, 800, 900, 9000, 1, 0.05 FROM timed`

const fillSlots = `INSERT INTO slot_total
  WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${slotDays * 32 * 30 - 1})
  SELECT ${now} / ${slotMs} - ${slotDays * 96} + (n / 960) * 96 + n / 30 % 32, 'nexus', ${modelOf('n')},
    'client-' || (n / 3 % 10), 'team.example', 'answered', '', 12, 120, 240000, 3600, 0, 9600, 12, 28000, 0.6, 0, 0, 108000,
    10800, 'd2e5f4g1F2G6H4' FROM numbers`

const folder = mkdtempSync(join(tmpdir(), 'history-'))
const file = join(folder, 'usage.sqlite')

const print = (what: string, milliseconds: number): void =>
  console.log(`${what.padEnd(60)} ${milliseconds.toFixed(1).padStart(9)} ms`)

const cpuTime = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const measure = async (what: string, work: () => unknown): Promise<void> => {
  const start = cpuTime()
  await work()
  print(what, cpuTime() - start)
}

/** How long the process does nothing else, in 99 of 100 turns. */
const longTurn = async (work: (turn: () => Promise<void>) => Promise<unknown>): Promise<number> => {
  const turns: number[] = []
  let since = cpuTime()
  await work(async () => {
    turns.push(cpuTime() - since)
    await new Promise((resolve) => setImmediate(resolve))
    since = cpuTime()
  })
  return turns.sort((one, other) => one - other)[Math.floor(turns.length * 0.99)] ?? 0
}

const query = (by: UsageQuery['by'], days: number, members: Partial<UsageQuery> = {}): UsageQuery => ({
  by,
  since: now - days * dayMs,
  until: now,
  timezone: 'Europe/Berlin',
  limit: 50,
  ...members,
})

const batch = (): RequestRow[] =>
  Array.from({ length: 200 }, (_, index) => ({
    id: `req_${crypto.randomUUID()}`,
    at: now,
    endpoint: 'messages',
    upstream: 'nexus',
    model: `us.anthropic.claude-model-${index % 3}-20251101-v1:0`,
    client: `client-${index % 10}`,
    session: `session-new-${index % 40}`,
    isSubagent: false,
    status: 200,
    outcome: 'answered',
    isStream: true,
    inputTokens: 10,
    cacheReadTokens: 20_000,
    cacheWriteTokens: 300,
    cacheWrite1hTokens: 0,
    outputTokens: 800,
    firstEventMs: 900,
    durationMs: 9000,
    attempts: 1,
  }))

try {
  const { connection } = openDatabaseFile(file, Database)
  await measure('fill: all requests', () => connection.execute(fillRequests))
  await measure('fill: sums of two years', () => connection.execute(fillSlots))
  console.log(`file: ${Math.round(statSync(file).size / 1e6)} MB`)

  const options = { now: () => performance.now(), date: () => now, turn: () => Promise.resolve() }
  for (const [days, name] of [
    [7, '7 days'],
    [30, '30 days'],
    [slotDays, 'two years'],
  ] as const)
    for (const by of ['day', 'hour', 'model', 'client'] as const) {
      const reader = createHistoryReader({ ...options, connection })
      await measure(`report of ${name} by ${by}`, () => reader.summarize(query(by, days)))
    }
  const reader = createHistoryReader({ ...options, connection })
  await measure('report of 30 days by session, 50 sessions', () => reader.summarize(query('session', 30)))
  const page = async () => {
    await reader.summarize(query('model', 30, { hasSeries: true }))
    await reader.requests({ limit: 100 })
  }
  await measure("page's data of 30 days, first time", page)
  await measure("page's data of 30 days, again", page)
  await measure('100 requests of one client', () => reader.requests({ limit: 100, client: 'client-3' }))
  print(
    '99 % of the turns of a report of 30 days',
    await longTurn((turn) => createHistoryReader({ ...options, turn, connection }).summarize(query('client', 30))),
  )
  for (let count = 0; count < 5; count += 1) {
    const rows = batch()
    await measure('write of 200 requests', () => writeRequests(connection, rows, now))
  }
  print(
    '99 % of the turns of deleting 50,000 requests',
    await longTurn((turn) => deleteRequestsBefore({ connection, turn }, now - 85.5 * dayMs)),
  )
  connection.close()
  const copy = createConnection(new Database(file, { readonly: true }))
  await measure('first report of another process, 30 days by day', () =>
    createHistoryReader({ ...options, connection: copy }).summarize(query('day', 30)),
  )
  copy.close()
} finally {
  rmSync(folder, { recursive: true })
}
