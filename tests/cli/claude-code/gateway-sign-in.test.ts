import { describe, expect, test } from 'bun:test'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findGatewaySignIn } from '../../../src/cli/claude-code/gateway-sign-in.ts'
import { cli, startCli, temporaryFolder, testIo } from '../../support/cli.ts'
import { doctor, withClaude } from '../../support/doctor.ts'
import { writeFile } from '../../support/files.ts'

const secret = 'canary-jwt-0123456789'

const signIn = (url = 'http://127.0.0.1:9') => ({
  gatewayTrust: { '127.0.0.1': 'http-loopback' },
  enterpriseGateway: { url, jwt: secret, idpRefreshToken: secret },
})

/** A home whose Claude Code is signed in. */
const signedIn = (url?: string): { home: string; path: string } => {
  const home = temporaryFolder()
  return { home, path: writeFile(join(home, '.claude', '.credentials.json'), signIn(url)) }
}

const forceGateway = { forceLoginMethod: 'gateway', forceLoginGatewayUrl: 'https://gateway.example' }

describe('SI-L1 finds a sign-in to a gateway', () => {
  const at = (home: string, more: object = {}) =>
    findGatewaySignIn(testIo({ home, currentDirectory: join(home, 'project'), ...more }).machine)

  test('in the credentials, if its key exists', () => {
    const { home, path } = signedIn()
    expect(at(home)).toEqual({ path, key: 'enterpriseGateway' })
    writeFile(path, { claudeAiOauth: { accessToken: secret }, enterpriseGateway: null })
    expect(at(home)).toBeUndefined()
  })

  test('in the folder in CLAUDE_CONFIG_DIR', () => {
    const { home } = signedIn()
    const other = temporaryFolder()
    expect(at(home, { environment: { CLAUDE_CONFIG_DIR: other } })).toBeUndefined()
    const path = writeFile(join(other, '.credentials.json'), signIn())
    expect(at(home, { environment: { CLAUDE_CONFIG_DIR: other } })).toEqual({ path, key: 'enterpriseGateway' })
  })

  test.each([
    [['.claude', 'settings.json']],
    [['project', '.claude', 'settings.json']],
    [['project', '.claude', 'settings.local.json']],
    [['managed', 'managed-settings.json']],
    [['managed', 'managed-settings.d', '10-login.json']],
  ])('by forceLoginMethod in %p', (names) => {
    const home = temporaryFolder()
    const path = writeFile(join(home, ...names), forceGateway)
    expect(at(home, { claudeManagedFolder: join(home, 'managed') })).toEqual({ path, key: 'forceLoginMethod' })
  })

  test('but not for another login, or in a file that is not JSON', () => {
    const home = temporaryFolder()
    writeFile(join(home, '.claude', 'settings.json'), { forceLoginMethod: 'console' })
    writeFileSync(join(home, '.claude', '.credentials.json'), '{')
    expect(at(home)).toBeUndefined()
  })
})

describe('SI-L1 every launch uses gateway mode for a signed-in user', () => {
  const note = (path: string) =>
    `note: Claude Code runs in gateway mode: it signs in to a gateway (enterpriseGateway in ${path}). It offers no WebSearch in this mode.\n`

  test('env', async () => {
    const { home, path } = signedIn()
    const { code, out, err } = await cli(['env', '--shell', 'json'], { CLAUDE_CODE_USE_GATEWAY: '0' }, home)
    expect([code, err]).toEqual([0, note(path)])
    expect(JSON.parse(out)).toMatchObject({
      CLAUDE_CODE_USE_GATEWAY: '1',
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:4141',
      ANTHROPIC_AUTH_TOKEN: 'dummy',
    })
    expect(out + err).not.toContain(secret)
  })

  test('start --claude-code', async () => {
    const { home, path } = signedIn()
    const { out, err } = await cli(['--dry-run', '--simulate', '-c', '--shell', 'bash'], {}, home)
    expect(out).toContain(" CLAUDE_CODE_USE_GATEWAY='1' ")
    expect(err).toContain(note(path))
  })

  test('claude', async () => {
    const { home, path } = signedIn()
    const { PATH } = withClaude('echo "$CLAUDE_CODE_USE_GATEWAY $ANTHROPIC_BASE_URL"')
    const { out, err } = await startCli(['claude', '--simulate'], {
      PATH: `${PATH}:${process.env['PATH']}`,
      HOME: home,
    }).ended
    expect(out).toMatch(/^1 http:\/\/127\.0\.0\.1:\d+\n$/)
    expect(err).toBe(note(path))
  })
})

describe('SI-L1 a user who is signed in to our own server', () => {
  test('still reaches the server of the session, which has no sign-in and any free port', async () => {
    const { home, path } = signedIn('http://127.0.0.1:4141')
    const { PATH } = withClaude('echo "$CLAUDE_CODE_USE_GATEWAY $ANTHROPIC_BASE_URL $ANTHROPIC_AUTH_TOKEN"')
    const { code, out, err } = await startCli(['claude', '--simulate'], {
      PATH: `${PATH}:${process.env['PATH']}`,
      HOME: home,
      NEXUS_SIGN_IN: 'true',
    }).ended
    const [, port = ''] = /^1 http:\/\/127\.0\.0\.1:(\d+) [\w-]{43}\n$/.exec(out) ?? []
    expect([code, port === '', port === '4141']).toEqual([0, false, false])
    expect(err).toBe(
      `note: Claude Code runs in gateway mode: it signs in to a gateway (enterpriseGateway in ${path}). It offers no WebSearch in this mode.\n`,
    )
    expect(existsSync(join(home, '.local', 'state'))).toBe(false)
  })
})

describe('SI-L1 --gateway-mode', () => {
  const launched = async (home: string, args: readonly string[], environment: Record<string, string> = {}) => {
    const { out, err } = await cli(['env', '--shell', 'json', ...args], environment, home)
    return [JSON.parse(out).CLAUDE_CODE_USE_GATEWAY, err]
  }

  test('auto does not change the launch of a user who is not signed in', async () => {
    expect(await launched(temporaryFolder(), [])).toEqual([undefined, ''])
  })

  test('on requires no sign-in', async () => {
    const words = 'note: Claude Code runs in gateway mode. It offers no WebSearch in this mode.\n'
    expect(await launched(temporaryFolder(), ['--gateway-mode', 'on'])).toEqual(['1', words])
    expect(await launched(temporaryFolder(), [], { NEXUS_GATEWAY_MODE: 'on' })).toEqual(['1', words])
  })

  test('off warns a signed-in user', async () => {
    const { home, path } = signedIn()
    expect(await launched(home, ['--gateway-mode', 'off'])).toEqual([
      undefined,
      `warning: gateway mode is off, and Claude Code signs in to a gateway (enterpriseGateway in ${path}). Once it is signed in, its requests go there, not to this server. Set gatewayMode to auto.\n`,
    ])
  })
})

describe('SI-L1 doctor shows where Claude Code is signed in, and the mode of launches', () => {
  const finding = async (home: string, ...args: string[]) =>
    (await doctor(['--offline', ...args], {}, home)).of('claude.gateway')

  test('no sign-in', async () => {
    expect(await finding(temporaryFolder())).toMatchObject({
      status: 'ok',
      detail: 'not signed in to a gateway',
      data: { signedIn: 'no', gatewayMode: false },
    })
  })

  test('another gateway', async () => {
    const { home, path } = signedIn()
    expect(await finding(home)).toMatchObject({
      status: 'info',
      detail: `signed in to another gateway (enterpriseGateway in ${path}). Launches use gateway mode, in which Claude Code offers no WebSearch.`,
      data: { signedIn: 'another', gatewayMode: true },
    })
    expect(await finding(home, '--gateway-mode', 'off')).toMatchObject({
      status: 'fail',
      remedy: 'Set gatewayMode to auto, or sign out with /logout in Claude Code.',
    })
  })

  test('a gateway that a settings file requires', async () => {
    const home = temporaryFolder()
    const path = writeFile(join(home, '.claude', 'settings.json'), forceGateway)
    expect((await finding(home)).detail).toStartWith(`must sign in to another gateway (forceLoginMethod in ${path}).`)
    expect((await finding(home, '--gateway-mode', 'off')).status).toBe('warn')
  })

  test('this server', async () => {
    const { home } = signedIn('http://localhost:4141')
    expect(await finding(home, '--port', '4141')).toMatchObject({ data: { signedIn: 'this server' } })
    const publicUrl = 'https://claude.example'
    const remote = signedIn(publicUrl)
    const { of } = await doctor(['--offline'], { NEXUS_SIGN_IN_URL: publicUrl }, remote.home)
    expect(of('claude.gateway')).toMatchObject({ data: { signedIn: 'this server' } })
  })

  test('on macOS, that it does not open the keychain', async () => {
    const { out } = await cli(['doctor', '--json', '--offline', '--port', '0'], {}, temporaryFolder(), {
      platform: 'darwin',
    })
    const { checks } = JSON.parse(out) as { checks: { id: string; detail: string; remedy?: string }[] }
    expect(checks.find(({ id }) => id === 'claude.gateway')).toMatchObject({
      detail: expect.stringContaining('keychain') as unknown as string,
      remedy: 'If you are signed in to a gateway, set gatewayMode to on.',
    })
  })

  test('no conflict if the settings match the mode', async () => {
    const { home } = signedIn()
    writeFile(join(home, '.claude', 'settings.json'), { ...forceGateway, env: { CLAUDE_CODE_USE_GATEWAY: '1' } })
    expect((await doctor(['--offline'], {}, home)).of('claude.settings').status).toBe('ok')
    const off = await doctor(['--offline', '--gateway-mode', 'off'], {}, home)
    expect(off.of('claude.settings')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('env.CLAUDE_CODE_USE_GATEWAY') as unknown as string,
    })
  })
})
