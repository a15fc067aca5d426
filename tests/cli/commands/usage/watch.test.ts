import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { runMain } from '../../../../src/cli/main.ts'
import { cli, temporaryFolder, testIo } from '../../../support/cli.ts'
import { testHistory } from '../../../support/history.ts'
import { requestRecord, usage as tokens } from '../../../support/records.ts'

const intervalMs = 20

/** Runs `usage watch` for three lines. After the first one, the server writes these requests. */
const watch = async (args: readonly string[], requests: readonly object[]): Promise<string[]> => {
  const folder = temporaryFolder()
  const file = join(folder, 'usage.sqlite')
  const { history } = testHistory(file, { date: Date.now })
  const write = (members: object, index: number) =>
    requestRecord({ requestId: `req_${index}`, at: Date.now(), client: 'alice', usage: tokens, cost: 0.25, ...members })
  await history.sink.write([write({}, -1)])
  const lines: string[] = []
  let written: void | Promise<void>
  const out = (text: string): void => {
    lines.push(text)
    written ??= history.sink.write(requests.map(write))
  }
  // The second line must have the requests, however long their writing takes.
  const drained = async (): Promise<boolean> => {
    await written
    return true
  }
  const io = { ...testIo({ home: folder, currentDirectory: folder }), times: { watchMs: intervalMs }, out, drained }
  expect(await runMain(['usage', 'watch', '--file', file, '--count', '3', ...args], io)).toBe(0)
  return lines
}

describe('usage watch', () => {
  test('counts from its start on, in one line for each interval (OP-U4)', async () => {
    const [first, second, third] = (await watch(['--json'], [{}, { client: 'bob' }])).map((line) => JSON.parse(line))
    expect(first).toMatchObject({ requests: 0, outputTokens: 0, tokensPerSecond: 0, cost: 0 })
    expect(second.tokensPerSecond).toBeGreaterThan(0)
    expect(third).toEqual({
      seconds: expect.any(Number) as never,
      requests: 2,
      failed: 0,
      inputTokens: 20,
      cacheReadTokens: 400,
      cacheWriteTokens: 6000,
      outputTokens: 80,
      cost: 0.5,
      tokensPerSecond: 0,
      cacheHitRate: 0.062,
    })
    // A timer may ring a fraction of a millisecond early.
    expect(third.seconds).toBeGreaterThanOrEqual((3 * intervalMs - 1) / 1000)
  })

  test('prints a line that people read, of one client (OP-U4)', async () => {
    const lines = await watch(
      ['--client', 'bob'],
      [{}, { client: 'bob', outcome: 'failed', status: 502, errorType: 'api_error' }],
    )
    expect(lines[2]).toMatch(
      /^\d+ s {2}1 request {2}1 failed {2}input 3,010 {2}cached 200 \(6\.2 %\) {2}output 40 \(0 tokens\/s\) {2}est\. 0\.2500 USD\n$/,
    )
  })

  test('without a history, says how to turn it on, and ends with 1 (OP-U4)', async () => {
    const { code, out, err } = await cli(['usage', 'watch'])
    expect([code, out, err]).toEqual([1, '', expect.stringContaining('start the server with --history') as never])
  })
})
