import { describe, expect, test } from 'bun:test'
import { startCli } from '../support/cli.ts'

const hello = JSON.stringify({ model: 'haiku', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] })

const startAndPost = async (...flags: readonly string[]) => {
  const program = startCli(['start', '--simulate', '--port', '0', '--stats-interval', '1', ...flags])
  const [, address] = await program.says(/(http:\/\/127\.0\.0\.1:\d+)/)
  await (
    await fetch(`${address}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: hello,
    })
  ).text()
  return { program, host: new URL(String(address)).host }
}

describe('--stats-interval', () => {
  test('prints the table on standard error, and ends with the server (AU-U8)', async () => {
    const { program, host } = await startAndPost()
    await program.says(/^Token Usage Report - .+ \(Uptime: \d+s\)$/m)
    await program.says(new RegExp(`^${host} +1 +0 +0 +0 +\\d+ +\\d+ +\\d+$`, 'm'))
    await program.says(/^TOTAL +1 +0 +0 +0 +\d+ +\d+ +\d+\n={90}$/m)
    program.kill('SIGTERM')
    expect((await program.ended).code).toBe(0)
  }, 20_000)

  test('writes a record to a JSON log instead (AU-U8)', async () => {
    const { program, host } = await startAndPost('--log-format', 'json')
    const [line] = await program.says(/^\{.*"event":"tokens\.report".*\}$/m)
    program.kill('SIGTERM')
    const { err } = await program.ended
    expect(err).not.toContain('Token Usage Report')
    const record = JSON.parse(line)
    expect(record).toMatchObject({ level: 'info', event: 'tokens.report', requestCount: 1, errorCount: 0 })
    expect(Object.keys(JSON.parse(record.domains))).toEqual([host])
  }, 20_000)
})
