import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { cli, entry, temporaryFolder } from '../../../support/cli.ts'
import { usage as tokens } from '../../../support/records.ts'
import { writeUsage } from '../../../support/usage.ts'

const start = Date.parse('2024-10-05T12:00:00Z')

const writeRequests = async (count: number) => {
  const folder = temporaryFolder()
  const file = join(folder, 'usage.sqlite')
  const members = { used: 'claude-sonnet-4-6', upstream: 'nexus', usage: tokens, isStream: true, cost: 0.25 }
  await writeUsage(
    file,
    Array.from({ length: count }, (_, index) => ({
      ...members,
      at: start + index * 60_000,
      client: index % 2 === 0 ? 'alice' : 'bob',
    })),
  )
  return { folder, file }
}

const setUp = async (count: number) => {
  const { folder, file } = await writeRequests(count)
  return async (...args: string[]) => {
    const { code, out, err } = await cli(['usage', 'export', '--file', file, '--timezone', 'UTC', ...args], {}, folder)
    expect([code, err]).toEqual([0, ''])
    return out
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
  }
}

describe('usage export', () => {
  test('prints a JSON line for each request, with its figures and names, the newest first (OP-U5)', async () => {
    const exported = await setUp(2)
    const [newest, oldest] = await exported()
    expect(newest.at).toBe('2024-10-05T12:01:00.000Z')
    expect(oldest).toEqual({
      id: 'req_0',
      at: '2024-10-05T12:00:00.000Z',
      endpoint: 'messages',
      upstream: 'nexus',
      model: 'claude-sonnet-4-6',
      client: 'alice',
      domain: 'team.example',
      session: 'session-1234',
      isSubagent: false,
      status: 200,
      outcome: 'answered',
      isStream: true,
      inputTokens: 10,
      cacheReadTokens: 200,
      cacheWriteTokens: 3000,
      cacheWrite1hTokens: 0,
      outputTokens: 40,
      firstEventMs: 300,
      durationMs: 1235,
      attempts: 1,
      cost: 0.25,
    })
  })

  test('prints all requests of several pages, each once (OP-U5)', async () => {
    const exported = await setUp(2500)
    const ids = (await exported()).map(({ id }) => id)
    expect(ids).toEqual(Array.from({ length: 2500 }, (_, index) => `req_${2499 - index}`))
  })

  test('begins and ends at exact times, and filters (OP-U5)', async () => {
    const exported = await setUp(10)
    const ids = async (...args: string[]): Promise<string[]> => (await exported(...args)).map(({ id }) => id)
    expect(await ids('--since', '2024-10-05 12:07')).toEqual(['req_9', 'req_8', 'req_7'])
    expect(await ids('--until', '2024-10-05T12:02Z')).toEqual(['req_1', 'req_0'])
    expect(await ids('--client', 'alice', '--since', '2024-10-05 12:05')).toEqual(['req_8', 'req_6'])
    expect(await ids('--client', 'carol')).toEqual([])
    expect(await ids('--model', 'opus')).toEqual([])
  })

  /** Runs `usage export | reader`. */
  const pipedTo = async (reader: string, count: number): Promise<string> => {
    const { folder, file } = await writeRequests(count)
    const command = `"${process.execPath}" "${entry}" usage export --file "${file}" | ${reader}`
    const shell = Bun.spawn(['sh', '-c', command], { env: { HOME: folder, PATH: process.env['PATH'] ?? '' } })
    return new Response(shell.stdout).text()
  }

  test('loses nothing with a slow reader, and more than a pipe holds (OP-U5)', async () => {
    expect((await pipedTo('{ sleep 0.5; wc -l; }', 400)).trim()).toBe('400')
  }, 20_000)

  test('ends when there is no reader any more (OP-U5)', async () => {
    expect(await pipedTo('head -n 1', 1500)).toMatch(/^\{"id":"req_1499".*\}\n$/)
  }, 20_000)

  test('without a history, says how to turn it on, and ends with 1 (OP-U5)', async () => {
    const { code, out, err } = await cli(['usage', 'export'])
    expect([code, out, err]).toEqual([1, '', expect.stringContaining('start the server with --history') as never])
  })
})
