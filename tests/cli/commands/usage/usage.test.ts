import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cli, temporaryFolder } from '../../../support/cli.ts'
import { usage as tokens } from '../../../support/records.ts'
import { writeUsage } from '../../../support/usage.ts'

const berlin = ['--timezone', 'Europe/Berlin'] as const
const october = ['--since', '2024-10', '--until', '2024-10', ...berlin] as const

/** An evening and the next morning in Berlin; both are the same day in UTC. */
const evening = Date.parse('2024-10-05T21:30:00Z')
const night = Date.parse('2024-10-05T22:30:00Z')

const setUp = async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'usage.sqlite')
  await writeUsage(file, [
    { at: evening, client: 'alice', used: 'claude-sonnet-4-6', usage: tokens, cost: 0.25, firstEventMs: 800 },
    { at: night, client: 'bob', used: 'claude-opus-4-6', usage: tokens, cost: 0.5, firstEventMs: 900 },
    {
      at: night + 1,
      client: 'bob',
      used: 'claude-opus-4-6',
      outcome: 'failed',
      status: 502,
      errorType: 'api_error',
      usage: tokens,
    },
  ])
  return { folder, file }
}

describe('usage', () => {
  test('prints a table by day of the time zone, and its notes on standard error (OP-U1, OP-C5)', async () => {
    const { folder, file } = await setUp()
    const { code, out, err } = await cli(['usage', '--file', file, ...october], {}, folder)
    expect(code).toBe(0)
    expect(out).toMatch(/^day +requests +failed +input +cached +written +cache % +output +est\. USD +first event\n/)
    expect(out.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
      ['day', 'requests', 'failed'],
      ['2024-10-05', '1', '0'],
      ['2024-10-06', '2', '1'],
      ['total', '3', '1'],
      [''],
    ])
    expect(err).toBe(
      `From 2024-10-01 00:00 to 2024-11-01 00:00 (Europe/Berlin).
Costs are estimates in USD, by the prices at the time of each request. Without a price, and not part of them: 1 request.
`,
    )
  })

  test('fits into the terminal, and names the columns that it leaves out (OP-U1)', async () => {
    const { folder, file } = await setUp()
    const narrow = { isOutTerminal: true, outColumns: 70 }
    const { out, err } = await cli(['usage', '--file', file, ...october], {}, folder, narrow)
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(70)
    expect(err).toContain(
      'Columns left out: written, first event. Widen the terminal, or run nexus-claude-api usage --json.',
    )
  })

  test('prints the report as JSON, with the currency of the configuration (OP-U3, OP-U2, OP-C1)', async () => {
    const { folder, file } = await setUp()
    writeFileSync(join(folder, 'c.json'), JSON.stringify({ currency: 'EUR', history: { file } }))
    const { out, err } = await cli(
      ['usage', '--json', '--by', 'client', '--config', join(folder, 'c.json'), ...october],
      {},
      folder,
    )
    expect(err).toBe('')
    const figures = (requests: number, failed: number, count: number) => ({
      requests,
      failed,
      refused: 0,
      cancelled: 0,
      inputTokens: 10 * count,
      cacheReadTokens: 200 * count,
      cacheWriteTokens: 3000 * count,
      outputTokens: 40 * count,
      cacheHitRate: 0.062,
    })
    const times = { firstEventMs: expect.anything() as never, durationMs: expect.anything() as never }
    expect(JSON.parse(out)).toEqual({
      since: '2024-09-30T22:00:00.000Z',
      until: '2024-10-31T23:00:00.000Z',
      timezone: 'Europe/Berlin',
      currency: 'EUR',
      by: 'client',
      rows: [
        { key: 'bob', ...figures(2, 1, 2), cost: 0.5, unpriced: 1, ...times },
        { key: 'alice', ...figures(1, 0, 1), cost: 0.25, unpriced: 0, ...times },
      ],
      total: { ...figures(3, 1, 3), cost: 0.75, unpriced: 1, ...times },
    })
  })

  test('shows the costs by the prices of now with --reprice, and keeps the old ones (OP-C4)', async () => {
    const { folder, file } = await setUp()
    const prices = { opus: { input: 1000, output: 0, cacheRead: 0, cacheWrite: 0 } }
    writeFileSync(join(folder, 'c.json'), JSON.stringify({ prices, history: { file } }))
    const costs = async (...args: string[]): Promise<(string | undefined)[]> => {
      const given = ['usage', '--by', 'model', '--config', join(folder, 'c.json'), ...october, ...args]
      const { rows, total } = JSON.parse((await cli([...given, '--json'], {}, folder)).out)
      return [...rows, { ...total, key: 'total' }].map(({ key, cost, unpriced }) => `${key} ${cost} ${unpriced}`)
    }
    const kept = ['claude-opus-4-6 0.5 1', 'claude-sonnet-4-6 0.25 0', 'total 0.75 1']
    expect(await costs()).toEqual(kept)
    // 2 x 10 tokens at 1000 for a million.
    expect(await costs('--reprice')).toEqual([
      'claude-opus-4-6 0.02 0',
      'claude-sonnet-4-6 undefined 1',
      'total 0.02 1',
    ])
    expect(await costs()).toEqual(kept)
    const { err } = await cli(['usage', '--reprice', '--config', join(folder, 'c.json'), ...october], {}, folder)
    expect(err).toContain('Costs are estimates in USD, by the prices of now. Without a price')
  })

  test('prints CSV without notes (OP-U3)', async () => {
    const { folder, file } = await setUp()
    const { out, err } = await cli(['usage', '--csv', '--by', 'model', '--file', file, ...october], {}, folder)
    expect(err).toBe('')
    expect(out.split('\r\n').map((line) => line.split(',').slice(0, 3))).toEqual([
      ['key', 'requests', 'failed'],
      ['claude-opus-4-6', '2', '1'],
      ['claude-sonnet-4-6', '1', '0'],
      [''],
    ])
  })

  test('filters by model and client, and limits the rows but not the total (OP-U1)', async () => {
    const { folder, file } = await setUp()
    const rowsOf = async (...args: string[]): Promise<[string, string][]> => {
      const { out } = await cli(['usage', '--file', file, ...october, ...args], {}, folder)
      const lines = out.split('\n').slice(1, -1)
      return lines.map((line) => line.split(/ {2,}/).slice(0, 2) as [string, string])
    }
    expect(await rowsOf('--client', 'alice')).toEqual([
      ['2024-10-05', '1'],
      ['total', '1'],
    ])
    expect(await rowsOf('--model', 'OPUS', '--by', 'model')).toEqual([
      ['claude-opus-4-6', '2'],
      ['total', '2'],
    ])
    expect(await rowsOf('--limit', '1')).toEqual([
      ['2024-10-06', '2'],
      ['total', '3'],
    ])
    const { err } = await cli(['usage', '--file', file, ...october, '--limit', '1'], {}, folder)
    expect(err).toContain('At most 1 row: the total counts all.')
  })

  test('says that a period has no request, and ends with 0 (OP-U1)', async () => {
    const { folder, file } = await setUp()
    const { code, out, err } = await cli(
      ['usage', '--file', file, '--since', '2024-09', '--until', '2024-09', ...berlin],
      {},
      folder,
    )
    expect([code, out, err]).toEqual([0, '', 'No request from 2024-09-01 00:00 to 2024-10-01 00:00 (Europe/Berlin).\n'])
  })

  test('without a history, says how to turn it on, writes nothing, and ends with 1 (OP-U1, OP-H7)', async () => {
    const folder = temporaryFolder()
    const { code, out, err } = await cli(['usage', '--json'], {}, folder)
    expect([code, out]).toEqual([1, ''])
    expect(err).toBe(
      `There is no history at ${folder}/.local/state/nexus-claude-api/usage.sqlite. To keep one, start the server with --history, or turn it on for good: nexus-claude-api config set history.enabled true
`,
    )
    expect(readdirSync(folder)).toEqual([])
    const { err: later } = await cli(['usage'], { NEXUS_HISTORY: 'true' }, folder)
    expect(later).toEndWith('yet. It begins with the next request that the server answers.\n')
  })

  test('changes no byte of the file, and leaves no other file (OP-H7)', async () => {
    const { folder, file } = await setUp()
    const before = readFileSync(file)
    await cli(['usage', '--file', file, ...october], {}, folder)
    expect(readFileSync(file).equals(before)).toBe(true)
    expect(existsSync(`${file}-wal`)).toBe(false)
  })

  test.each([
    [['--by', 'color'], '--by must be one of day, week, month, hour, model, upstream, client, domain, session, error.'],
    [['--limit', '0'], '--limit must be a whole number from 1 to 999999999.'],
    [['--timezone', 'Mars'], '--timezone Mars is not a time zone. Use a name such as Europe/Berlin or UTC.'],
    [['--since', '2024-10', '--until', '2024-09'], '--since 2024-10 is not before --until 2024-09.'],
    [['--json', '--csv'], 'Use --json or --csv, not both.'],
    [['--file', '/nowhere/usage.sqlite'], 'The file /nowhere/usage.sqlite does not exist.'],
    [['--model', ''], '--model is empty.'],
    [['wathc'], 'Unknown command usage wathc. Did you mean usage watch?'],
  ])('%p is an error with a remedy (OP-U1)', async (args, message) => {
    const { code, err } = await cli(['usage', ...args])
    expect([code, err]).toEqual([2, expect.stringContaining(`error: ${message}`) as never])
  })

  test('a file that is not a history, or damaged, is an error that names it (OP-H7)', async () => {
    const { folder, file } = await setUp()
    const other = join(folder, 'notes.txt')
    writeFileSync(other, 'Not a database, but long enough to have a header. '.repeat(30))
    const { code, err } = await cli(['usage', '--file', other], {}, folder)
    expect([code, err]).toEqual([2, expect.stringContaining('cannot be used (SQLITE_NOTADB).') as never])
    writeFileSync(file, readFileSync(file).fill(0x41, 4096))
    const damaged = await cli(['usage', '--file', file, ...october], {}, folder)
    expect([damaged.code, damaged.err]).toEqual([2, expect.stringContaining('SQLITE_CORRUPT') as never])
  })
})
