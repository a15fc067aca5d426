import { describe, expect, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { newestTestedClaude, testedClaudeVersions } from '../../../src/cli/claude-code/tested-versions.ts'
import { key, secretsIn } from '../../support/canary.ts'
import { issuedCertificate } from '../../support/certificate.ts'
import { entry, temporaryFolder } from '../../support/cli.ts'
import { doctor, withClaude } from '../../support/doctor.ts'
import { writeFile } from '../../support/files.ts'

test('names a Claude Code that is newer or older than the tested versions', async () => {
  const program = async (version: string) =>
    (await doctor(['--offline'], withClaude(`echo "${version} (Claude Code)"`))).of('claude.program')
  expect(await program('99.0.0')).toMatchObject({
    status: 'info',
    detail: expect.stringContaining(`newer than ${newestTestedClaude}, the newest tested version`),
  })
  expect(await program('2.1.100')).toMatchObject({
    status: 'warn',
    detail: expect.stringContaining(`older than ${testedClaudeVersions[0]}`),
    remedy: 'Update it: claude update',
  })
  expect((await program(newestTestedClaude)).status).toBe('ok')
})

test('accepts a settings file with the name of the certificate (OP-W4)', async () => {
  const folder = temporaryFolder()
  const { cert, key: tlsKey } = issuedCertificate({ names: ['DNS:gateway.example'] })
  writeFile(join(folder, '.claude', 'settings.json'), { env: { ANTHROPIC_BASE_URL: 'https://gateway.example:4141/' } })
  const statusWith = async (...flags: readonly string[]) =>
    (await doctor(['--offline', '--port', '4141', ...flags], {}, folder)).of('claude.settings').status
  expect(await statusWith('--tls-cert', cert, '--tls-key', tlsKey)).toBe('ok')
  expect(await statusWith()).toBe('fail')
})

describe('the remedy for settings that win over the launch', () => {
  const remedyFor = async (env: Record<string, string>): Promise<string | undefined> => {
    const folder = temporaryFolder()
    writeFile(join(folder, '.claude', 'settings.json'), { env })
    return (await doctor(['--offline'], {}, folder)).of('claude.settings')?.remedy
  }

  test('A3 names the models, which claude does not override', async () => {
    const models = { ANTHROPIC_DEFAULT_SONNET_MODEL: 'gone', ANTHROPIC_SMALL_FAST_MODEL: 'gone' }
    expect(await remedyFor({ ANTHROPIC_BASE_URL: 'https://elsewhere.example', ...models })).toBe(
      'These settings win over the launch command. Remove them from the file. nexus-claude-api claude overrides them, except env.ANTHROPIC_DEFAULT_SONNET_MODEL, env.ANTHROPIC_SMALL_FAST_MODEL.',
    )
  })

  test('names no exception if claude overrides all of them', async () => {
    expect(await remedyFor({ ANTHROPIC_BASE_URL: 'https://elsewhere.example' })).toEndWith('which overrides them.')
  })
})

test('doctor works in a current directory that was deleted', async () => {
  const home = temporaryFolder()
  const gone = join(home, 'gone')
  mkdirSync(gone)
  const script = 'rmdir "$PWD" && exec "$@"'
  const program = [process.execPath, entry, 'doctor', '--offline', '--simulate', '--port', '0', '--json']
  const child = Bun.spawn(['/bin/sh', '-c', script, 'sh', ...program], {
    cwd: gone,
    env: { HOME: home, PATH: '/usr/bin:/bin' },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  expect([await child.exited, err]).toEqual([0, 'Sending no requests: doctor checks only what this machine knows.\n'])
  expect(JSON.parse(out)).toMatchObject({ ok: true })
})

describe('the environment', () => {
  test('names a variable that selects another service', async () => {
    const { of } = await doctor(['--offline'], { CLAUDE_CODE_USE_BEDROCK: '1', ANTHROPIC_API_KEY: key })
    expect(of('claude.environment')).toMatchObject({
      status: 'info',
      remedy: expect.stringContaining('unset CLAUDE_CODE_USE_BEDROCK'),
    })
  })

  test("accepts Anthropic's own key", async () => {
    const { of, said } = await doctor(['--offline'], { ANTHROPIC_API_KEY: key, CLAUDE_CODE_USE_VERTEX: 'false' })
    expect(of('claude.environment').status).toBe('info')
    expect(secretsIn(said)).toEqual([])
  })
})

describe('with --upstream anthropic', () => {
  const anthropic = (...args: string[]) => doctor(['--offline', '--upstream', 'anthropic', ...args])

  test('checks of tools that need help with other upstreams are skipped (AU-0g)', async () => {
    const { of } = await anthropic()
    for (const id of ['claude.web-fetch', 'claude.web-search', 'claude.auto-mode'])
      expect([id, of(id).status, of(id).detail]).toEqual([id, 'skip', "Anthropic's own API"])
  })

  test('the models are those that Claude Code chooses, unless the user chooses one (AU-0g)', async () => {
    const { of } = await anthropic()
    expect(of('claude.model').detail).toBe("Claude Code's own default")
    expect(of('config.models').detail).toBe('as clients name them')
    expect(of('config.exposure').status).toBe('ok')
    const chosen = await anthropic('--model', 'claude-opus-4-8')
    expect(chosen.of('claude.model').detail).toStartWith('claude-opus-4-8: --model applies')
    expect(chosen.of('config.models').detail).toBe('claude-opus-4-8, and claude-haiku-4-5 for small tasks')
  })

  test('a missing key is no problem where requests have other credentials (AU-0c, AU-0g)', async () => {
    expect((await anthropic()).of('key.present')).toMatchObject({
      status: 'info',
      detail: 'none: requests have the credential of their domain, or of their client',
    })
    expect((await anthropic('--client-keys', 'ignore')).of('key.present').status).toBe('fail')
  })
})
