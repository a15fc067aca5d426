import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { claudeCodeEnvironment, localUrl } from '../../src/cli/launch/environment.ts'
import { detectShell, launchLine, type Shell } from '../../src/cli/launch/shells.ts'
import { createModelResolver, nexusModels } from '../../src/gateway/models.ts'
import { defaultConfig } from '../support/chain.ts'

const resolver = createModelResolver(nexusModels, 'claude-sonnet-4.6')
const environmentFor = (environment: Record<string, string>, host = '127.0.0.1') =>
  claudeCodeEnvironment({
    config: { ...defaultConfig, host },
    models: resolver,
    model: resolver.resolve('sonnet'),
    smallModel: resolver.resolve('haiku'),
    port: 4141,
    environment,
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

  test('the address itself, where it is another', () => {
    expect(environmentFor({}, '192.168.1.5').set['NO_PROXY']).toBe('127.0.0.1,localhost,::1,192.168.1.5')
  })
})

test.each([
  ['127.0.0.1', 'http://127.0.0.1:1'],
  ['0.0.0.0', 'http://127.0.0.1:1'],
  ['::', 'http://127.0.0.1:1'],
  ['::1', 'http://[::1]:1'],
  ['localhost', 'http://localhost:1'],
])('%s is reached at %s', (host, url) => {
  expect(localUrl(host, 1)).toBe(url)
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
      'A holds a character that cmd cannot quote',
    )
  })

  const posixShells = (['bash', 'zsh', 'fish', 'sh'] as const satisfies Shell[]).filter(
    (shell) => Bun.which(shell) !== null,
  )

  test.each(posixShells)('%s sets exactly what was meant, whatever it is', (shell) => {
    // Everything but NUL can stand in a variable; a lone surrogate is no text.
    const value = fc
      .string({ unit: 'binary', maxLength: 20 })
      .filter((text) => !text.includes('\0') && text.isWellFormed())
    const special = fc.constantFrom(
      "'",
      "''",
      '\\',
      "\\'",
      '"',
      '$HOME',
      '`id`',
      '!x',
      '%PATH%',
      '\n',
      ';',
      '&&',
      '*',
      '~',
      '\\\\',
      "'\\''",
      '-n',
      '',
    )
    const pieces = fc.array(fc.oneof(value, special), { maxLength: 4 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(pieces, pieces, (first, second) => {
        const line = launchLine(
          shell,
          { set: { NEXUS_TEST_A: first, NEXUS_TEST_B: second }, unset: ['ANTHROPIC_API_KEY'] },
          'env -0',
        )
        const { stdout } = Bun.spawnSync([Bun.which(shell) as string, '-c', line], {
          env: { PATH: process.env['PATH'] ?? '', ANTHROPIC_API_KEY: 'stray' },
        })
        const variables = new Map(
          stdout
            .toString()
            .split('\0')
            .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
        )
        expect([
          variables.get('NEXUS_TEST_A'),
          variables.get('NEXUS_TEST_B'),
          variables.has('ANTHROPIC_API_KEY'),
        ]).toEqual([first, second, false])
      }),
      { numRuns: 40, seed: 20261121 },
    )
  })

  test('bash is among the shells that were tried', () => {
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
] as const)('on %s with %p, started by %p, the shell is %s', (platform, environment, parent, expected) => {
  expect(detectShell({ platform, environment, parent })).toBe(expected)
})
