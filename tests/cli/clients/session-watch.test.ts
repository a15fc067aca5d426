import { describe, expect, jest, test } from 'bun:test'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLogger, type LogRecord } from '../../../src/base/logger.ts'
import { claudeClient } from '../../../src/cli/claude-code/claude-client.ts'
import { watchSession } from '../../../src/cli/clients/session-watch.ts'
import { openCodeClient } from '../../../src/cli/opencode/opencode-client.ts'
import { cli, temporaryFolder } from '../../support/cli.ts'
import { inFakeTime } from '../../support/fake-time.ts'

const recording = () => {
  const records: LogRecord[] = []
  return { records, log: createLogger('info', (record) => records.push(record)) }
}

const request = (headers: Record<string, string> = {}) => ({ method: 'POST', headers: new Headers(headers) })
const sessionId = '0f9ddf5c-6f2e-4a9c-9d51-0a4f4c2b7a10'

describe('SI-L2 a session without a request', () => {
  test('logs one warning after 30 s: a signed-in client ignores ANTHROPIC_BASE_URL (F1)', () =>
    inFakeTime(() => {
      const { records, log } = recording()
      watchSession(claudeClient, log)
      jest.advanceTimersByTime(29_999)
      expect(records).toEqual([])
      jest.advanceTimersByTime(120_000)
      expect(records).toEqual([
        {
          level: 'warn',
          event: 'client.silent',
          fields: {
            seconds: 30,
            hint: expect.stringContaining(
              'ignores ANTHROPIC_BASE_URL if it is signed in to a gateway',
            ) as unknown as string,
          },
        },
      ])
    }))

  test('logs no warning after a request, or after Claude Code has ended', () =>
    inFakeTime(() => {
      const { records, log } = recording()
      watchSession(claudeClient, log).onRequest(request())
      watchSession(claudeClient, log).stop()
      jest.advanceTimersByTime(120_000)
      expect(records).toEqual([])
    }))

  test('writes the warning to the log file while Claude Code still runs', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'nexus.log')
    const program = join(folder, 'claude')
    // Ends when the log contains the warning.
    writeFileSync(
      program,
      `#!/bin/sh\ni=0; until grep -q client.silent '${file}' || [ $i -gt 500 ]; do i=$((i+1)); sleep 0.01; done\n`,
    )
    chmodSync(program, 0o755)
    const environment = { PATH: `${folder}:${process.env['PATH']}` }
    const times = { silenceMs: 5 }
    const { code } = await cli(['claude', '--simulate', '--log-file', file], environment, folder, { times })
    expect(code).toBe(0)
    expect(readFileSync(file, 'utf8').match(/client\.silent/g)).toEqual(['client.silent'])
  })
})

test('remembers the newest session id of Claude Code, and accepts nothing else as one', () => {
  const watch = watchSession(claudeClient, recording().log)
  expect(watch.sessionId()).toBeUndefined()
  const other = sessionId.replace('0f', 'a1')
  for (const id of [sessionId, other, '', 'x; rm -rf ~', '%1b[2J'])
    watch.onRequest(request({ 'x-claude-code-session-id': id, 'content-length': '85000' }))
  // The request of gateway mode at its start.
  watch.onRequest(request({ 'x-claude-code-session-id': sessionId, 'content-length': '280' }))
  expect(watch.sessionId()).toBe(other)
  watch.stop()
})

test('ignores sub-agents of opencode, and requests that are not turns', () => {
  const watch = watchSession(openCodeClient, recording().log)
  const own = { 'x-session-id': 'ses_dd94eb1c4ffeZhstyfKrzfEAee' }
  watch.onRequest({ ...request(own), method: 'GET' })
  expect(watch.sessionId()).toBeUndefined()
  watch.onRequest(request(own))
  watch.onRequest(
    request({ 'x-session-id': 'ses_000000000000000000000000AA', 'x-parent-session-id': own['x-session-id'] }),
  )
  expect(watch.sessionId()).toBe(own['x-session-id'])
})
