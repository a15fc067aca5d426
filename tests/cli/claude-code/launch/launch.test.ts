import { describe, expect, test } from 'bun:test'
import { parseEnv } from 'node:util'
import fc from 'fast-check'
import { UsageError } from '../../../../src/base/usage-error.ts'
import { claudeCodeEnvironment } from '../../../../src/cli/claude-code/launch/environment.ts'
import { resolveSettingsConflicts } from '../../../../src/cli/claude-code/launch/settings-conflicts.ts'
import { assignments } from '../../../../src/cli/clients/assignments.ts'
import { localUrl } from '../../../../src/cli/clients/connection.ts'
import { detectShell } from '../../../../src/cli/clients/detect-shell.ts'
import { type LaunchEnvironment, launchLine, type Shell } from '../../../../src/cli/clients/shells.ts'
import { anyCharacter } from '../../../support/any-character.ts'
import { resolver } from '../../../support/catalog.ts'
import { defaultConfig } from '../../../support/chain.ts'

const launchOptions = {
  config: defaultConfig,
  models: resolver,
  model: resolver.resolve('sonnet'),
  smallModel: resolver.resolve('haiku'),
  port: 4141,
  environment: {},
  isGatewayMode: false,
  isModelFixed: false,
  isChosen: { model: false, smallModel: false },
  showsOwnKey: false,
}
const environmentFor = (
  environment: Record<string, string>,
  host = '127.0.0.1',
  isGatewayMode = false,
  isModelFixed = false,
) =>
  claudeCodeEnvironment({
    ...launchOptions,
    config: { ...defaultConfig, host },
    environment,
    isGatewayMode,
    isModelFixed,
  })

describe('NO_PROXY', () => {
  test.each([
    [{}, '127.0.0.1,localhost,::1'],
    [{ NO_PROXY: 'corp.example, .intern' }, 'corp.example,.intern,127.0.0.1,localhost,::1'],
    [{ no_proxy: 'corp.example' }, 'corp.example,127.0.0.1,localhost,::1'],
    [{ NO_PROXY: 'a,localhost', no_proxy: 'b,a' }, 'a,localhost,b,127.0.0.1,::1'],
    [{ NO_PROXY: '*' }, '*'],
  ])('%p', (environment, expected) => {
    const { set } = environmentFor(environment as Record<string, string>)
    expect([set['NO_PROXY'], set['no_proxy']]).toEqual([expected, expected])
  })

  test('contains the address of the server, if it is not loopback', () => {
    expect(environmentFor({}, '192.168.1.5').set['NO_PROXY']).toBe('127.0.0.1,localhost,::1,192.168.1.5')
  })
})

test.each([
  ['answer', undefined],
  ['client', '0'],
  ['off', undefined],
] as const)('with translation.safeguards %s, CLAUDE_CODE_AUTO_MODE_SERVER is %p (A1)', (safeguards, expected) => {
  const config = { ...defaultConfig, translation: { ...defaultConfig.translation, safeguards } }
  const { set } = claudeCodeEnvironment({ ...launchOptions, config })
  expect(set['CLAUDE_CODE_AUTO_MODE_SERVER']).toBe(expected)
})

test.each([
  ['127.0.0.1', 'http://127.0.0.1:1'],
  ['0.0.0.0', 'http://127.0.0.1:1'],
  ['::', 'http://127.0.0.1:1'],
  ['::1', 'http://[::1]:1'],
  ['localhost', 'http://localhost:1'],
])('the URL of a server on %s is %s', (host, url) => {
  expect(localUrl({ ...defaultConfig, host }, 1)).toBe(url)
})

describe('lines', () => {
  const environment = { set: { A: "it's", no_proxy: 'x', B: 'two words' }, unset: ['ANTHROPIC_API_KEY'] }

  test('for PowerShell: quotes doubled, typographic ones too, semicolons', () => {
    expect(launchLine('powershell', { set: { A: "it's ’quoted’" }, unset: ['K'] }, 'claude')).toBe(
      "$env:A='it''s ’’quoted’’'; Remove-Item Env:K -ErrorAction SilentlyContinue; claude",
    )
  })

  test('for cmd: whole assignments quoted, the removal outside the chain', () => {
    expect(launchLine('cmd', environment, 'claude')).toBe(
      'set "ANTHROPIC_API_KEY=" & set "A=it\'s" && set "B=two words" && claude',
    )
    expect(() => launchLine('cmd', { set: { A: '50%' }, unset: [] }, 'claude')).toThrow(
      'A contains a character that cmd cannot quote',
    )
  })

  const posixShells = (['bash', 'zsh', 'fish', 'sh'] as const satisfies Shell[]).filter(
    (shell) => Bun.which(shell) !== null,
  )

  // A variable can contain every character except NUL; a lone surrogate is not text.
  const anything = fc
    .string({ unit: anyCharacter, maxLength: 20 })
    .filter((text) => !text.includes('\0') && text.isWellFormed())
  const special = "' '' \\ \\' \" $HOME `id` !x %PATH% \n ; && * ~ \\\\ '\\'' -n".split(' ')
  const pieces = fc
    .array(fc.oneof(anything, fc.constantFrom(...special, '')), { maxLength: 4 })
    .map((parts) => parts.join(''))

  /** The environment of a program that a shell starts after, or in, these lines. */
  const seenBy = (shell: Shell, script: string): (string | undefined)[] => {
    const { stdout } = Bun.spawnSync([Bun.which(shell) as string, '-c', script], {
      env: { PATH: process.env['PATH'] ?? '', ANTHROPIC_API_KEY: 'stray' },
    })
    const variables = new Map(
      stdout
        .toString()
        .split('\0')
        .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
    )
    return ['NEXUS_TEST_A', 'NEXUS_TEST_B', 'ANTHROPIC_API_KEY'].map((name) => variables.get(name))
  }
  const environmentOf = (first: string, second: string): LaunchEnvironment => ({
    set: { NEXUS_TEST_A: first, NEXUS_TEST_B: second },
    unset: ['ANTHROPIC_API_KEY'],
  })
  const runs = { numRuns: 40, seed: 20261121 }

  test.each(posixShells)('%s sets every value exactly', (shell) => {
    fc.assert(
      fc.property(pieces, pieces, (first, second) => {
        const line = launchLine(shell, environmentOf(first, second), 'env -0')
        expect(seenBy(shell, line)).toEqual([first, second, undefined])
      }),
      runs,
    )
  })

  test.each(posixShells)('%s reads the environment alone, with every value', (shell) => {
    fc.assert(
      fc.property(pieces, pieces, (first, second) => {
        const lines = assignments(shell, environmentOf(first, second))
        expect(seenBy(shell, `${lines}\nenv -0`)).toEqual([first, second, undefined])
      }),
      runs,
    )
  })

  test('bash is one of the tested shells', () => {
    expect(posixShells).toContain('bash')
  })
})

test.each([
  ['win32', {}, undefined, 'powershell'],
  ['win32', { MSYSTEM: 'MINGW64' }, undefined, 'bash'],
  ['linux', { SHELL: '/usr/bin/zsh' }, undefined, 'zsh'],
  ['linux', { SHELL: '/usr/bin/zsh' }, 'fish', 'fish'],
  ['linux', { SHELL: '/usr/bin/zsh' }, 'node', 'zsh'],
  ['darwin', { SHELL: '/bin/zsh' }, '-bash', 'bash'],
  ['linux', {}, 'pwsh', 'pwsh'],
  ['linux', { SHELL: '/bin/tcsh' }, undefined, 'bash'],
  ['win32', {}, 'cmd.exe', 'cmd'],
  ['win32', {}, 'PWSH.EXE', 'pwsh'],
  ['win32', { MSYSTEM: 'MINGW64' }, 'powershell.exe', 'powershell'],
  ['win32', {}, 'explorer.exe', 'powershell'],
  ['win32', { npm_execpath: 'npx-cli.js' }, 'cmd.exe', 'powershell'],
  ['linux', { SHELL: '/usr/bin/fish', npm_execpath: 'npx-cli.js' }, 'sh', 'fish'],
  ['darwin', {}, '/bin/zsh', 'zsh'],
] as const)('on %s with %p, started by %p, the shell is %s', (platform, environment, parent, expected) => {
  expect(detectShell({ platform, environment, parent })).toBe(expected)
})

describe('the environment alone', () => {
  const environment = { set: { A: "it's", no_proxy: 'x', B: 'two words', C: 'plain-1' }, unset: ['K'] }

  test('PowerShell and cmd', () => {
    expect(assignments('powershell', environment)).toBe(
      "$env:A = 'it''s'\n$env:no_proxy = 'x'\n$env:B = 'two words'\n$env:C = 'plain-1'\nRemove-Item Env:K -ErrorAction SilentlyContinue",
    )
    expect(assignments('cmd', environment)).toBe('set "A=it\'s"\nset "B=two words"\nset "C=plain-1"\nset "K="')
  })

  test('a file sets a removed variable to an empty text', () => {
    const set = { A: 'x y', B: '[1m]', C: '$HOME', D: "it's" }
    expect(parseEnv(assignments('dotenv', { ...environment, set }))).toEqual({ ...set, K: '' })
    expect(JSON.parse(assignments('json', environment))).toEqual({ ...environment.set, K: '' })
  })
})

test('a file of variables keeps every value, or is not written', () => {
  const part = fc.constantFrom("'", '"', '$', '\\', '`', ' ', '#', '=', 'a', '\n', '~', '%')
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const value = parts.join('')
      try {
        expect(parseEnv(assignments('dotenv', { set: { A: value }, unset: [] }))).toEqual({ A: value })
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError)
        expect(value).toMatch(/['\n\\]/)
      }
    }),
    { seed: 20261121, numRuns: 400 },
  )
})

test('switches off other providers that are on', () => {
  expect(environmentFor({}).unset).toEqual(['ANTHROPIC_API_KEY'])
  expect(environmentFor({ CLAUDE_CODE_USE_BEDROCK: '1', CLAUDE_CODE_USE_VERTEX: '' }).unset).toEqual([
    'ANTHROPIC_API_KEY',
    'CLAUDE_CODE_USE_BEDROCK',
  ])
})

test('removes the socket of a claude ssh session, which would get every request', () => {
  expect(environmentFor({ ANTHROPIC_UNIX_SOCKET: '/tmp/remote.sock' }).unset).toContain('ANTHROPIC_UNIX_SOCKET')
})

test('SI-L1 gateway mode sets its switch, and removes the other services', () => {
  const { set, unset } = environmentFor({ CLAUDE_CODE_USE_GATEWAY: '0', CLAUDE_CODE_USE_VERTEX: '1' }, '::1', true)
  expect([set['CLAUDE_CODE_USE_GATEWAY'], unset]).toEqual(['1', ['ANTHROPIC_API_KEY', 'CLAUDE_CODE_USE_VERTEX']])
  expect(environmentFor({ CLAUDE_CODE_USE_GATEWAY: '1' }).unset).toContain('CLAUDE_CODE_USE_GATEWAY')
})

describe("Claude Code's own settings", () => {
  const launch = environmentFor({})
  const variable = (name: string, value: string, isManaged = false) => ({
    name,
    value,
    isManaged,
    path: '/home/me/.claude/settings.json',
  })

  test('are not changed if they do not matter', () => {
    const harmless = [
      variable('ANTHROPIC_MODEL', 'opus'),
      variable('FOO', 'bar'),
      variable('ANTHROPIC_BASE_URL', 'http://127.0.0.1:4141'),
      variable('CLAUDE_CODE_USE_BEDROCK', ''),
    ]
    expect(resolveSettingsConflicts(launch, harmless)).toEqual({ environment: launch, env: {} })
  })

  test('are overridden if they select another server, without the token in the arguments', () => {
    const theirs = [
      variable('ANTHROPIC_BASE_URL', 'https://other.example'),
      variable('CLAUDE_CODE_USE_BEDROCK', '1'),
      variable('ANTHROPIC_AUTH_TOKEN', 'other'),
      variable('NO_PROXY', 'corp.example'),
    ]
    const { environment, env } = resolveSettingsConflicts(launch, theirs)
    expect(env).toEqual({
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:4141',
      CLAUDE_CODE_USE_BEDROCK: '',
      NO_PROXY: '127.0.0.1,localhost,::1',
    })
    expect(environment.set['ANTHROPIC_CUSTOM_HEADERS']).toBe('x-api-key: dummy')
  })

  test.each([
    [true, '1', {}],
    [true, '0', { CLAUDE_CODE_USE_GATEWAY: '1' }],
    [false, '1', { CLAUDE_CODE_USE_GATEWAY: '' }],
    [false, '0', {}],
  ])('SI-L1 with gateway mode %p, CLAUDE_CODE_USE_GATEWAY=%s in the settings needs %p', (isGatewayMode, value, env) => {
    const { set, unset } = environmentFor({}, '127.0.0.1', isGatewayMode)
    expect(resolveSettingsConflicts({ set, unset }, [variable('CLAUDE_CODE_USE_GATEWAY', value)]).env).toEqual(
      env as never,
    )
  })

  test('are named in an error if they cannot be overridden', () => {
    const words = '/home/me/.claude/settings.json sets ANTHROPIC_BASE_URL'
    expect(() => resolveSettingsConflicts(launch, [variable('ANTHROPIC_BASE_URL', 'https://x', true)])).toThrow(words)
    expect(() =>
      resolveSettingsConflicts(launch, [
        variable('ANTHROPIC_AUTH_TOKEN', 'x'),
        variable('ANTHROPIC_CUSTOM_HEADERS', 'a: b'),
      ]),
    ).toThrow('sets ANTHROPIC_AUTH_TOKEN')
  })
})
