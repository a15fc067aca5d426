import { describe, expect, test } from 'bun:test'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startChain } from '../../support/chain.ts'
import { cli, startCli, temporaryFolder } from '../../support/cli.ts'

/** Docker, Kubernetes and systemd pass secrets as files. */

const key = 'canary-key-0123456789'
const token = 'canary-token-0123456789'

const folderWith = (files: Record<string, string>): string => {
  const folder = temporaryFolder()
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 })
  return folder
}

const dryRun = (environment: Record<string, string>, folder: string, ...args: string[]) =>
  cli(['--dry-run', ...args], environment, folder)

describe('a secret in a file of its own', () => {
  test('is read from the path in NEXUS_API_KEY_FILE and NEXUS_CLIENT_TOKEN_FILE, with its line break', async () => {
    const folder = folderWith({ key: `${key}\n`, token })
    const environment = { NEXUS_API_KEY_FILE: join(folder, 'key'), NEXUS_CLIENT_TOKEN_FILE: 'token' }
    const { code, out, err } = await dryRun(environment, folder, '-c', '--shell', 'bash')
    expect(code).toBe(0)
    expect(err).toMatch(/apiKey +cana…\(21 characters\) +NEXUS_API_KEY_FILE/)
    expect(out).toContain(`ANTHROPIC_AUTH_TOKEN='${token}'`)
    expect(`${out}${err}`).not.toContain(key)
  })

  test('loses against the variable with the secret, and wins over variables of other programs; an unused file is not read', async () => {
    const folder = folderWith({ key })
    const source = async (environment: Record<string, string>, ...args: string[]) =>
      /apiKey +\S+ \S+ +(\S+)/.exec((await dryRun(environment, folder, ...args)).err)?.[1]
    const file = { NEXUS_API_KEY_FILE: join(folder, 'key') }
    const missing = { NEXUS_API_KEY_FILE: join(folder, 'nothing') }
    expect(await source({ ...file, AWS_BEARER_TOKEN_BEDROCK: 'another-key-0123456789' })).toBe('NEXUS_API_KEY_FILE')
    expect(await source({ ...missing, NEXUS_API_KEY: key })).toBe('NEXUS_API_KEY')
    expect(await source(missing, '--api-key', key)).toBe('--api-key')
  })

  test.each([
    ['missing', 'The file that NEXUS_CLIENT_TOKEN_FILE names', ' cannot be read (ENOENT).'],
    ['empty', 'The file that NEXUS_CLIENT_TOKEN_FILE names', ' is empty. Write the secret into it.'],
    ['folder', 'The file that NEXUS_CLIENT_TOKEN_FILE names', ' cannot be read (EISDIR).'],
    ['long', 'The file that NEXUS_CLIENT_TOKEN_FILE names', ' is too long for a secret.'],
    ['two', 'The file in NEXUS_CLIENT_TOKEN_FILE contains a space', 'a key or a token is one word'],
  ])('a file that is %s never opens the server to every client', async (name, beginning, words) => {
    const folder = folderWith({ empty: ' \n', two: `${token} ${token}`, long: token.repeat(10_000) })
    mkdirSync(join(folder, 'folder'))
    const { code, out, err } = await cli(
      ['start', '--simulate', '--port', '0'],
      { NEXUS_CLIENT_TOKEN_FILE: join(folder, name) },
      folder,
    )
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(beginning)
    expect(err).toContain(words)
    expect(err).not.toContain(token)
  })

  test('contains the token that the server requires', async () => {
    const folder = folderWith({ token })
    const running = startCli(['start', '--simulate', '--port', '0'], { NEXUS_CLIENT_TOKEN_FILE: join(folder, 'token') })
    const [, url] = await running.says(/Address +(http:\S+)/)
    const models = (headers: Record<string, string>) => fetch(`${url}/v1/models`, { headers })
    expect([(await models({})).status, (await models({ 'x-api-key': token })).status]).toEqual([401, 200])
    running.kill('SIGTERM')
    expect((await running.ended).code).toBe(0)
  })

  test('is not shown if the variable contains it instead of its path', async () => {
    for (const args of [['start'], ['start', '--dry-run'], ['doctor', '--offline', '--json'], ['config', 'show']]) {
      const { out, err } = await cli(args, { NEXUS_API_KEY_FILE: key, NEXUS_CLIENT_TOKEN_FILE: token })
      expect(out + err).toContain('cannot be read (ENOENT)')
      expect(out + err).not.toMatch(new RegExp(`${key}|${token}`))
    }
  })

  test('causes a warning if other users can read it, except in /run/secrets', async () => {
    const folder = folderWith({ key })
    chmodSync(join(folder, 'key'), 0o644)
    const { err } = await dryRun({ NEXUS_API_KEY_FILE: join(folder, 'key') }, folder)
    expect(err).toContain(`warning: other users of this machine can access ${folder}/key, which contains a secret`)
    chmodSync(join(folder, 'key'), 0o600)
    expect((await dryRun({ NEXUS_API_KEY_FILE: join(folder, 'key') }, folder)).err).not.toContain('warning')
  })

  test('with a token is not read by claude, which has its own token', async () => {
    const { err } = await cli(['claude', '--simulate'], { NEXUS_CLIENT_TOKEN_FILE: '/nowhere/token' })
    expect(err).toContain('Claude Code was not found')
  })

  test('is not read by health', async () => {
    const port = new URL(startChain().url).port
    const { code } = await cli(['health', '-p', port], { NEXUS_API_KEY_FILE: '/nowhere/key' })
    expect(code).toBe(0)
  })

  test('is not exposed by an environment file that contains only its path', async () => {
    const folder = folderWith({ key, variables: `NEXUS_API_KEY_FILE=key\n` })
    chmodSync(join(folder, 'variables'), 0o644)
    const { code, err } = await dryRun({}, folder, '--env-file', join(folder, 'variables'))
    expect([code, err.includes('which contains a secret')]).toEqual([0, false])
  })
})
