import { Database } from 'bun:sqlite'
import { afterEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { openDatabaseFile } from '../../../src/usage/history/database-file.ts'
import { writeRequests } from '../../../src/usage/history/write-requests.ts'
import { toRequestRow } from '../../../src/usage/request-row.ts'
import type { RequestRow } from '../../../src/usage/usage-report.ts'
import { afterTest, cleanUp } from '../../support/cleanup.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { noon } from '../../support/history.ts'
import { requestRecord, usage } from '../../support/records.ts'

afterEach(cleanUp)

const program = join(import.meta.dir, '..', '..', 'support', 'history-program.ts')

const newFile = (): string => join(temporaryFolder(), 'usage.sqlite')

interface Progress {
  readonly written: number
  readonly lost: number
}

/** A process that writes requests. `shell` is a command line in front of the program. */
const startWriter = (file: string, first: number, count: number, shell = ':') => {
  const command = ['/bin/sh', '-c', `${shell}; exec "$@"`, 'sh', process.execPath, program, file]
  const child = Bun.spawn([...command, String(first), String(count)], { stdout: 'pipe', stderr: 'inherit' })
  afterTest(() => child.kill('SIGKILL'))
  let last: Progress = { written: 0, lost: 0 }
  const read = async (isEnough: (progress: Progress) => boolean): Promise<Progress> => {
    const decoder = new TextDecoder()
    let text = ''
    for await (const part of child.stdout) {
      text += decoder.decode(part, { stream: true })
      const line = text.trimEnd().split('\n').at(-1) ?? ''
      const [written = 0, lost = 0] = line.split(' ').map(Number)
      if (text.endsWith('\n')) last = { written, lost }
      if (isEnough(last)) break
    }
    return last
  }
  return { child, read, end: () => read(() => false) }
}

interface FileSums {
  readonly integrity: unknown
  readonly requests: unknown
  readonly sums: unknown
}

const sumsOf = (file: string): FileSums => {
  const database = new Database(file)
  afterTest(() => database.close())
  const value = (sql: string): unknown => database.query(sql).values()[0]?.[0]
  return {
    integrity: value('PRAGMA integrity_check'),
    requests: value('SELECT count(*) FROM request'),
    sums: value('SELECT sum(requests) FROM slot_total'),
  }
}

describe('processes that share a file', () => {
  test('write all their requests, each once (OP-H6)', async () => {
    const file = newFile()
    // Requests 400 to 799 are in both.
    const writers = [startWriter(file, 0, 800), startWriter(file, 400, 800)]
    const ends = await Promise.all(writers.map(({ end }) => end()))
    expect(ends).toEqual([
      { written: 800, lost: 0 },
      { written: 800, lost: 0 },
    ])
    expect(sumsOf(file)).toEqual({ integrity: 'ok', requests: 1200, sums: 1200 })
  })
})

describe('a process that ends in the middle', () => {
  test('leaves a valid file with everything that it had written (OP-H3)', async () => {
    const file = newFile()
    const { child, read } = startWriter(file, 0, 1_000_000)
    const { written } = await read((progress) => progress.written >= 2000)
    child.kill('SIGKILL')
    await child.exited
    const { integrity, requests, sums } = sumsOf(file)
    expect(integrity).toBe('ok')
    expect(sums).toBe(requests)
    expect(Number(requests)).toBeGreaterThanOrEqual(written)
  })
})

describe('a full disk', () => {
  test('loses rows, but neither the process nor the file (OP-H3)', async () => {
    const file = newFile()
    // No file of the process may have more than 200 KB; SIGXFSZ would end it.
    const { child, end } = startWriter(file, 0, 4000, "trap '' XFSZ; ulimit -f 400")
    const { written, lost } = await end()
    expect(await child.exited).toBe(0)
    expect([written > 0, lost > 0, written + lost]).toEqual([true, true, 4000])
    expect(sumsOf(file)).toEqual({ integrity: 'ok', requests: written, sums: written })
  })
})

describe('a batch', () => {
  const rows = (batch: number): RequestRow[] =>
    Array.from({ length: 200 }, (_, index) => {
      const number = batch * 200 + index
      const record = requestRecord({
        requestId: `req_${crypto.randomUUID()}`,
        at: noon + number * 50,
        used: `model-${number % 3}`,
        client: `client-${number % 10}`,
        session: `session-${number % 40}`,
        usage,
      })
      return toRequestRow(record) as RequestRow
    })

  test('of 200 rows takes less than 5 ms of the process (OP-H3)', () => {
    const { connection } = openDatabaseFile(newFile(), Database)
    afterTest(connection.close)
    const times = Array.from({ length: 30 }, (_, batch) => {
      const written = rows(batch)
      const start = process.cpuUsage()
      writeRequests(connection, written, noon)
      const { user, system } = process.cpuUsage(start)
      return (user + system) / 1000
    })
    const [median = Number.NaN] = times.sort((one, other) => one - other).slice(15)
    expect(median).toBeLessThan(5)
  })
})
