import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { launchTarget } from '../../../src/cli/clients/host.ts'
import { readSetUp } from '../../../src/cli/config/set-up.ts'
import type { Flags } from '../../../src/cli/parse/parsed-arguments.ts'
import { cli, temporaryFolder, testIo } from '../../support/cli.ts'
import { writeFile } from '../../support/files.ts'

const folderOf = (...domains: readonly string[]): string => {
  const folder = temporaryFolder()
  const key = JSON.stringify({ type: 'api_key', api_key: 'canary' })
  for (const domain of domains) writeFile(join(folder, `${domain}.credentials.json`), key)
  return folder
}

const hostFor = async (domains: readonly string[], flags: Flags = {}): Promise<string> => {
  const io = testIo({})
  const given: Flags = { upstream: 'anthropic', 'credentials-dir': folderOf(...domains), ...flags }
  const { loaded } = await readSetUp(given, io)
  return (await launchTarget(loaded.config, 4141, io)).host
}

test('Claude Code gets the name of this machine that has a file of credentials (AU-0f, AU-K10)', async () => {
  expect(await hostFor(['localhost:4141'])).toBe('localhost')
  expect(await hostFor(['localhost_4141'])).toBe('localhost')
  expect(await hostFor(['localhost'], { host: '0.0.0.0' })).toBe('localhost')
})

test('the address stays if its own name has a file, or if localhost has none (AU-0f)', async () => {
  expect(await hostFor(['localhost', '127.0.0.1'])).toBe('127.0.0.1')
  expect(await hostFor(['localhost:9999', 'team.example'])).toBe('127.0.0.1')
  expect(await hostFor(['localhost'], { host: '192.168.1.5' })).toBe('192.168.1.5')
})

test('env and start --claude-code print this name (AU-0f)', async () => {
  const flags = ['--upstream', 'anthropic', '--credentials-dir', folderOf('localhost:4141'), '--shell', 'sh']
  expect((await cli(['env', ...flags])).out).toContain("ANTHROPIC_BASE_URL='http://localhost:4141'")
  const started = await cli(['start', '--claude-code', '--dry-run', ...flags])
  expect(started.out).toContain("ANTHROPIC_BASE_URL='http://localhost:4141'")
})
