import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nextStep } from '../../../../src/cli/claude-code/launch/next-step.ts'
import type { Shell } from '../../../../src/cli/clients/shells.ts'
import { readConfig } from '../../../../src/cli/config/config-input.ts'
import type { Flags } from '../../../../src/cli/parse/parsed-arguments.ts'
import { temporaryFolder, testIo } from '../../../support/cli.ts'

const next = async (flags: Flags, shell: Shell = 'bash', port = Number(flags['port'] ?? 4141), folder = '/nowhere') => {
  const io = testIo({ currentDirectory: folder })
  return nextStep(await readConfig(flags, io), port, { shell, machine: io.machine })
}

describe('start prints the command to type in another terminal, without a restart', () => {
  test.each<[Shell, string]>([
    ['bash', 'eval "$(nexus-claude-api env)"; claude'],
    ['zsh', 'eval "$(nexus-claude-api env)"; claude'],
    ['fish', 'nexus-claude-api env | source; claude'],
    ['powershell', 'nexus-claude-api env | Out-String | Invoke-Expression; claude'],
  ])('in %s', async (shell, line) => {
    expect(await next({}, shell)).toBe(`  Next      in another terminal:\n  ${line}\n`)
  })

  test('with flags that give env the same settings', async () => {
    const flags = { port: '5000', model: 'opus[1m]', 'api-key': 'canary', timeout: '5' }
    expect(await next(flags)).toContain(`"$(nexus-claude-api env --model 'opus[1m]' --port 5000)"`)
    expect(await next({ port: '0' }, 'bash', 5001)).toContain('env --port 5001)')
  })

  test('with the settings that decide about the token for Anthropic (AU-0f)', async () => {
    const flags: Flags = {
      upstream: 'anthropic',
      'credentials-dir': 'keys',
      'client-keys': 'forward',
      'allow-oauth': true,
    }
    expect(await next(flags)).toContain(
      'env --upstream anthropic --credentials-dir keys --client-keys forward --allow-oauth)',
    )
    expect(await next({ upstream: 'anthropic', 'api-key': 'canary' })).toContain('use --claude-code to print')
  })

  test('or, with sign-in, the two steps of Claude Code (SI-U1)', async () => {
    const flags = { 'sign-in': true } as const
    const steps = async (given: Flags, environment = {}) => {
      const io = testIo({ environment })
      const text = nextStep(await readConfig(given, io), 4141, { shell: 'bash', machine: io.machine })
      return text.replace(/\s+/g, ' ').trim()
    }
    expect(await steps(flags)).toBe(
      'Next once: nexus-claude-api setup claude-code --sign-in. Then run claude, and /login in it',
    )
    const url = { NEXUS_SIGN_IN_URL: 'https://claude.example' }
    expect(await steps({ ...flags, clients: 'clients.json' }, url)).toContain('--sign-in --url https://claude.example.')
  })

  test('with the lifetime of the prompt cache (CA-T2)', async () => {
    expect(await next({ 'cache-ttl': '1h' })).toContain('"$(nexus-claude-api env --cache-ttl 1h)"')
  })

  test('with the files, as absolute paths', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'c.json'), '{"port":6000}')
    writeFileSync(join(folder, 'v.env'), 'NEXUS_MODEL=opus\n')
    expect(await next({ config: join(folder, 'c.json'), 'env-file': join(folder, 'v.env') }, 'sh', 6000)).toContain(
      `env --config ${folder}/c.json --env-file ${folder}/v.env)`,
    )
  })

  test('but not for named clients: only they have their tokens (OP-A2)', async () => {
    const words = '  Next      give each client its token: nexus-claude-api clients add NAME\n'
    expect(await next({ clients: 'clients.json' })).toBe(words)
    expect(await next({ clients: 'clients.json', 'client-token': 'canary-token-0123456789' })).not.toBe(words)
  })

  test('but not for cmd, and not if it would contain a secret', async () => {
    const words = '  Next      use --claude-code to print the command that starts Claude Code\n'
    expect(await next({}, 'cmd')).toBe(words)
    expect(await next({ 'client-token': 'canary-token-0123456789' })).toBe(words)
  })
})
