import { describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { freePort } from '../../../scripts/support/free-port.ts'
import { readServerFile } from '../../../src/cli/sign-in/sign-in-folder.ts'
import { selfSignedCertificate } from '../../support/certificate.ts'
import { request } from '../../support/chain.ts'
import { cli, startCli, temporaryFolder, testIo } from '../../support/cli.ts'
import { createTestSignIn, signedIn } from '../../support/sign-in.ts'

/** `start --sign-in` as a program of its own. */

const fileIn = (home: string): string => join(home, '.local/state/nexus-claude-api/sign-in/sessions.json')

const start = async (home: string, more: readonly string[] = [], environment: Record<string, string> = {}) => {
  const port = freePort()
  const args = ['start', '--simulate', '--sign-in', '--port', String(port), ...more]
  const program = startCli(args, { HOME: home, ...environment })
  await program.says(/Address/)
  const url = `http://127.0.0.1:${port}`
  const statusFor = async (token: string): Promise<number> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const response = await fetch(`${url}/v1/messages`, { method: 'POST', headers, body: JSON.stringify(request()) })
    return response.status
  }
  const stop = async () => {
    program.kill('SIGTERM')
    return program.ended
  }
  return { port, url, statusFor, stop }
}

/** Writes the sessions of an earlier run, with one session; returns its tokens. */
const writeSession = async (home: string) => {
  const core = createTestSignIn({ clock: { now: Date.now() } })
  const tokens = await signedIn(core)
  mkdirSync(dirname(fileIn(home)), { recursive: true })
  writeFileSync(fileIn(home), JSON.stringify(core.stored()))
  return tokens
}

describe('start --sign-in', () => {
  test('names its own address, and shows the commands where it runs until it ends (SI-A1, SI-A2, SI-P2)', async () => {
    const home = temporaryFolder()
    const { url, stop } = await start(home)
    const metadata = await fetch(`${url}/.well-known/oauth-authorization-server`)
    expect(await metadata.json()).toMatchObject({ issuer: url, token_endpoint: `${url}/oauth/token` })
    const { machine } = testIo({ home })
    expect(readServerFile(machine)?.url).toBe(url)
    expect((await stop()).code).toBe(0)
    expect(readServerFile(machine)).toBeUndefined()
  })

  test('makes a client token for the launch line, and takes no dummy (SI-T1)', async () => {
    const { statusFor, stop } = await start(temporaryFolder(), ['--claude-code', '--shell', 'bash'])
    expect(await statusFor('dummy')).toBe(401)
    const { out, err } = await stop()
    const token = /ANTHROPIC_AUTH_TOKEN=['"]?([0-9a-f]{64})/.exec(out)?.[1]
    expect(token).toBeString()
    expect(err).not.toContain(token ?? 'no token')
  })

  test('keeps clients signed in over a restart, and those signed out that have ended (SI-S1, SI-T2)', async () => {
    const home = temporaryFolder()
    const { accessToken } = await writeSession(home)
    const first = await start(home)
    expect(await first.statusFor(accessToken)).toBe(200)
    await first.stop()
    const second = await start(home)
    expect(await second.statusFor(accessToken)).toBe(200)
    await fetch(`${second.url}/oauth/revoke`, { method: 'POST', body: new URLSearchParams({ token: accessToken }) })
    expect(await second.statusFor(accessToken)).toBe(401)
    // Nor would a crash bring it back: it was stored before the answer.
    expect(JSON.parse(readFileSync(fileIn(home), 'utf8'))).toMatchObject({ sessions: [] })
    await second.stop()
  })

  test('ends with 2 for settings with which no client can sign in (SI-A1, SI-S3, SI-T1)', async () => {
    const refusals: readonly (readonly [readonly string[], string])[] = [
      [['--port', '0'], 'fixed port'],
      [['--workers', '2'], '--workers 1'],
      [['--client-token', 'dummy'], 'dummy is no token'],
    ]
    for (const [args, words] of refusals) {
      const home = temporaryFolder()
      const { code, err } = await cli(['start', '--simulate', '--sign-in', ...args], {}, home)
      expect([code, err]).toEqual([2, expect.stringContaining(words)])
      expect(existsSync(dirname(fileIn(home)))).toBe(false)
    }
  })

  test('has no effect on the server of one session (SI-A1)', async () => {
    const [home, programs] = [temporaryFolder(), temporaryFolder()]
    writeFileSync(join(programs, 'claude'), '#!/bin/sh\nexit 0\n', { mode: 0o755 })
    const session = startCli(['claude', '--simulate'], { HOME: home, NEXUS_SIGN_IN: 'true', PATH: programs })
    expect((await session.ended).code).toBe(0)
    expect(existsSync(dirname(fileIn(home)))).toBe(false)
  })

  test('lets a team sign in over HTTPS, with invites and named clients (SI-A1, SI-P2, SI-P4, SI-P6)', async () => {
    const home = temporaryFolder()
    const { cert, key } = selfSignedCertificate({ names: ['DNS:claude.example'] })
    const clients = join(home, 'clients.json')
    await cli(['clients', 'add', 'alice', '--clients', clients], {}, home)
    const files = ['--tls-cert', cert, '--tls-key', key, '--clients', clients]
    const environment = { NEXUS_SIGN_IN_URL: 'https://claude.example', NEXUS_SIGN_IN_APPROVE: 'invite' }
    const { port, stop } = await start(home, ['--host', '0.0.0.0', ...files], environment)
    const ask = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) => {
      const options: object = { tls: { rejectUnauthorized: false } }
      const body = new URLSearchParams(fields)
      return fetch(`https://127.0.0.1:${port}${path}`, { method: 'POST', body, headers, ...options })
    }
    const device = (await (await ask('/oauth/device_authorization', {})).json()) as Record<string, string>
    expect(device['verification_uri']).toBe('https://claude.example/device')
    const run = (...args: string[]) => cli(['sign-in', ...args], {}, home)
    expect((await run('invite', 'alcie')).err).toContain('Did you mean alice?')
    const { code, out } = await run('invite', 'alice')
    expect(code).toBe(0)
    const form = { user_code: device['user_code'] ?? '', invite: out.trim() }
    const proxied = { host: 'claude.example', origin: 'https://claude.example' }
    expect((await ask('/device', form, proxied)).status).toBe(200)
    const grant = {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: device['device_code'] ?? '',
    }
    expect(await (await ask('/oauth/token', grant)).json()).toMatchObject({ token_type: 'Bearer', email: 'alice' })
    expect((await run('revoke', 'alice')).err).toMatch(/^alice \(signin_\w+\) is signed out\.\n$/)
    expect((await stop()).code).toBe(0)
  })

  test('checks the same with --dry-run, which makes no folder (SI-A1)', async () => {
    const home = temporaryFolder()
    const args = ['start', '--simulate', '--sign-in', '--dry-run']
    expect((await cli([...args, '--port', '0'], {}, home)).code).toBe(2)
    expect((await cli(args, {}, home)).code).toBe(0)
    expect(existsSync(dirname(fileIn(home)))).toBe(false)
  })
})
