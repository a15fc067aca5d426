import { describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, readdirSync, readFileSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { LogRecord } from '../../../../../src/base/logger.ts'
import type { CredentialDegradation } from '../../../../../src/upstreams/upstream.ts'
import { afterTest } from '../../../../support/cleanup.ts'
import { createTokens, hourMs, readCredentials, startOAuth, toOAuthFile } from '../../../../support/oauth.ts'

/** Renewals by real processes. */

const program = join(import.meta.dir, '..', '..', '..', '..', 'support', 'oauth-program.ts')

interface Report {
  readonly results: readonly string[]
  readonly records: readonly LogRecord[]
  readonly problems: readonly CredentialDegradation[]
}

interface ProcessOptions {
  readonly requests?: number
  readonly flags?: readonly string[]
  /** A shell's command line in front of the program's. */
  readonly shell?: string
}

/** Starts a process, up to the point where it waits for `begin`. */
const startProcess = async (tokenUrl: string, path: string, options: ProcessOptions = {}) => {
  const { requests = 1, flags = [], shell } = options
  const command = [process.execPath, program, tokenUrl, path, String(requests), ...flags]
  const child = Bun.spawn(shell === undefined ? command : ['/bin/sh', '-c', `${shell}; exec "$@"`, 'sh', ...command], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  afterTest(() => child.kill('SIGKILL'))
  const reader = child.stdout.getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (!text.includes('\n')) text += decoder.decode((await reader.read()).value, { stream: true })
  return {
    pid: child.pid,
    exited: child.exited,
    begin(): void {
      child.stdin.write('go')
      child.stdin.flush()
    },
    async report(): Promise<Report> {
      for (let part = await reader.read(); !part.done; part = await reader.read()) text += decoder.decode(part.value)
      return JSON.parse(text.slice(text.indexOf('\n')))
    },
  }
}

describe('processes that share a folder', () => {
  test('cause one grant together, and the file is valid JSON at every moment (AU-O4, AU-O5)', async () => {
    const { server, path, grants } = startOAuth({ scenario: () => ({ delayMs: 100 }) })
    const processes = await Promise.all([1, 2].map(() => startProcess(server.tokenUrl, path, { requests: 20 })))
    for (const { begin } of processes) begin()
    const state = { isOver: false }
    const reports = Promise.all(processes.map(({ report }) => report())).finally(() => {
      state.isOver = true
    })
    const seen = new Set<string>()
    while (!state.isOver) {
      seen.add(readCredentials(path).oauth.accessToken)
      await Bun.sleep(0)
    }
    const tokens = new Set((await reports).flatMap(({ results }) => results))
    expect(tokens).toEqual(new Set([readCredentials(path).oauth.accessToken]))
    expect(seen.size).toBe(2)
    expect(grants()).toBe(1)
    expect(readdirSync(dirname(path))).toHaveLength(1)
  })

  test('a process that is killed between the grant and the write leaves the old file, and a login is needed (AU-O5, AU-O8)', async () => {
    const state: { kill?: () => void } = {}
    // The server makes the new tokens, and its answer comes too late.
    const newId = (): string => {
      state.kill?.()
      return crypto.randomUUID()
    }
    const { server, path } = startOAuth({ newId })
    const before = readFileSync(path, 'utf8')
    const child = await startProcess(server.tokenUrl, path)
    state.kill = () => process.kill(child.pid, 'SIGKILL')
    child.begin()
    await child.exited
    delete state.kill
    expect(readFileSync(path, 'utf8')).toBe(before)
    // The lock of the killed process becomes stale after ten seconds.
    const lock = `${path}.lock`
    expect(existsSync(lock)).toBe(true)
    const longAgo = new Date(Date.now() - hourMs)
    utimesSync(lock, longAgo, longAgo)
    const { tokens } = createTokens(server.tokenUrl)
    await expect(tokens.token(toOAuthFile(path))).rejects.toThrow('run `nexus-claude-api auth login team.example`')
    expect(readFileSync(path, 'utf8')).toBe(before)
    expect(existsSync(lock)).toBe(false)
  })
})

describe('a file that cannot be written', () => {
  const warnings = ({ records }: Report): readonly LogRecord[] =>
    records.filter(({ event }) => event === 'credential.not_kept')
  const problem = {
    file: 'team.example.credentials.json',
    note: 'its renewed tokens could not be written: a restart will need `auth login team.example`',
  }
  const spent = 'the refresh token in the file is spent: a restart will need `auth login`'

  test('in a read-only folder: the tokens are used and kept in memory, with one warning (AU-O6)', async () => {
    const { server, folder, path, grants } = startOAuth()
    const before = readFileSync(path, 'utf8')
    for (const [each, mode] of [
      [dirname(folder), 0o755],
      [path, 0o666],
      [folder, 0o555],
    ] as const)
      chmodSync(each, mode)
    afterTest(() => chmodSync(folder, 0o755))
    const child = await startProcess(server.tokenUrl, path, { requests: 3, flags: ['--unprivileged'] })
    child.begin()
    const report = await child.report()
    expect(server.tokens.isValid(report.results[0] ?? '')).toBe(true)
    expect(new Set(report.results).size).toBe(1)
    const note = `${spent}. Without a lock, another process may renew the same tokens`
    expect(warnings(report)).toMatchObject([{ level: 'warn', fields: { file: problem.file, reason: 'EACCES', note } }])
    expect(report.problems).toEqual([problem])
    expect(grants()).toBe(1)
    expect(readFileSync(path, 'utf8')).toBe(before)
  })

  test('on a full disk: the same, and no part of a file stays (AU-O6)', async () => {
    const { server, path } = startOAuth()
    const before = readFileSync(path, 'utf8')
    // A process that may write no byte to a file gets the same kind of failure.
    const shell = "trap '' XFSZ; ulimit -f 0"
    const child = await startProcess(server.tokenUrl, path, { shell })
    child.begin()
    const report = await child.report()
    expect(server.tokens.isValid(report.results[0] ?? '')).toBe(true)
    expect(warnings(report)).toMatchObject([{ fields: { reason: 'EFBIG', note: spent } }])
    expect(report.problems).toEqual([problem])
    expect(readFileSync(path, 'utf8')).toBe(before)
    expect(readdirSync(dirname(path))).toHaveLength(1)
  })
})
