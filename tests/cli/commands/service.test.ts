import { describe, expect, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { clientToken, key, proxyPassword, secretsIn } from '../../support/canary.ts'
import { cli, temporaryFolder } from '../../support/cli.ts'
import { unitValues } from '../../support/service-quoting.ts'

describe('service print', () => {
  test('prints only the definition on standard output, and the steps on standard error', async () => {
    for (const [kind, begin] of [
      ['systemd', '# Made by'],
      ['launchd', '<?xml'],
      ['windows', '<?xml'],
    ] as const) {
      const { code, out, err } = await cli(['service', 'print', kind, '--simulate'])
      expect([code, out.startsWith(begin), err.includes('Remove it:')]).toEqual([0, true, true])
      expect(err).toContain(`nexus-claude-api service print ${kind}`)
      for (const line of err.split('\n')) expect([line, line.length <= 80]).toEqual([line, true])
    }
  })

  test.each([
    ['linux', '[Service]'],
    ['darwin', '<plist'],
    ['win32', '<Task'],
  ])('the one of this system: %s', async (platform, part) => {
    const { out, err } = await cli(['service', 'print', '--simulate'], {}, undefined, { platform })
    expect([out.includes(part), err.includes('warning')]).toEqual([true, false])
  })

  test('waits for the drain, and finds the certificate from each folder (OP-K3, OP-W4)', async () => {
    const folder = temporaryFolder()
    const flags = ['--drain-delay', '5', '--drain-timeout', '600', '--tls-cert', 'cert.pem', '--tls-key', '~/key.pem']
    const { out } = await cli(['service', 'print', 'systemd', '--simulate', ...flags], {}, folder)
    expect(unitValues(out, 'TimeoutStopSec')).toEqual(['615'])
    expect(unitValues(out, 'ExecStart')[0]).toContain(`--tls-cert ${folder}/cert.pem --tls-key ${folder}/key.pem`)
  })

  test('keeps --sign-in, and the folder of its sessions, which the commands read (SI-U3, SI-P2)', async () => {
    const flags = ['service', 'print', 'systemd', '--simulate', '--sign-in']
    const { code, out, err } = await cli(flags, { XDG_STATE_HOME: '/srv/state' })
    expect([code, err.includes('warning')]).toEqual([0, false])
    expect(unitValues(out, 'ExecStart')[0]).toEndWith(' start --sign-in --simulate')
    expect(unitValues(out, 'Environment')).toEqual(['XDG_STATE_HOME=/srv/state'])
    const refused = await cli([...flags, '--workers', '2'])
    expect([refused.code, refused.out]).toEqual([2, ''])
    expect(refused.err).toContain('Sign-in needs one process')
  })

  test('writes flags before and after -- with absolute paths, and the environment without passwords', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'c.json'), '{}')
    const { out, err } = await cli(
      ['service', 'print', 'systemd', '--port', '4200', '--', '--config', 'c.json', '--verbose', '--log-file=my.log'],
      {
        HTTPS_PROXY: 'http://proxy.example:3128',
        http_proxy: `http://user:${proxyPassword}@proxy.example:3128`,
        NO_PROXY: 'a.example',
        NODE_EXTRA_CA_CERTS: 'ca.pem',
        NEXUS_API_KEY: key,
        NEXUS_MODEL: 'opus',
      },
      folder,
    )
    expect(unitValues(out, 'ExecStart')).toEqual([
      `/usr/local/bin/nexus-claude-api start --port 4200 --log-file ${folder}/my.log --config ${folder}/c.json --verbose`,
    ])
    expect(unitValues(out, 'Environment')).toEqual([
      'HTTPS_PROXY=http://proxy.example:3128',
      'NO_PROXY=a.example',
      `NODE_EXTRA_CA_CERTS=${folder}/ca.pem`,
    ])
    expect(out).toContain('# Left out, because it contains a password: http_proxy.')
    expect(err).toContain('warning: http_proxy is left out')
    expect(err).toContain(
      'NEXUS_API_KEY is set here, but the systemd service does not see it. Store it: nexus-claude-api config set apiKey',
    )
    expect(err).toContain('Store it: nexus-claude-api config set model')
    expect(secretsIn(out + err)).toEqual([])
  })

  test('warns about problems that end the service or open it to other machines', async () => {
    const { err } = await cli(['service', 'print', 'systemd', '--host', '0.0.0.0'])
    expect(err).toContain('warning: no key is set')
    expect(err).toContain('warning: other machines can reach 0.0.0.0')
    const given = { NEXUS_API_KEY: key, NEXUS_CLIENT_TOKEN: clientToken }
    const seen = await cli(['service', 'print', 'systemd', '--host', '0.0.0.0'], given)
    expect(seen.err).not.toMatch(/no key yet|reached by others/)
    expect(seen.err).toContain('Store it: nexus-claude-api config set clientToken')
  })

  test('names a relative path in a file, but no path that is already absolute', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'c.json'), '{ "logging": { "file": "x.log" } }')
    writeFileSync(join(folder, 'variables'), 'NEXUS_API_KEY_FILE=key\nNEXUS_CONFIG=c.json\n')
    const warnings = async (environment: Record<string, string>, ...args: string[]) =>
      (await cli(['service', 'print', 'systemd', ...args], environment, folder)).err
        .split('\n')
        .filter((line) => line.includes('a relative path'))
        .map((line) => line.replace(/^warning: | contains a relative path.*$/g, ''))
    const own = `logging.file in ${folder}/c.json`
    expect(await warnings({ NEXUS_CONFIG: 'c.json' })).toEqual([own])
    expect(await warnings({}, '--config', 'c.json', '--log-file', 'y.log')).toEqual([])
    expect(await warnings({}, '--env-file', join(folder, 'variables'))).toEqual([
      'NEXUS_CONFIG',
      'NEXUS_API_KEY_FILE',
      own,
    ])
    expect(await warnings({ NEXUS_LOG_FILE: 'z.log', NEXUS_CLIENT_TOKEN_FILE: 't' })).toEqual([])
  })

  test('writes the folders of the upstream anthropic as absolute paths, and names a relative one in a file', async () => {
    const folder = temporaryFolder()
    const args = ['service', 'print', 'systemd', '--upstream', 'anthropic']
    const { out } = await cli([...args, '--credentials-dir', 'keys', '--client-setup-dir', '~/setup'], {}, folder)
    const command = unitValues(out, 'ExecStart')[0] ?? ''
    expect(command).toContain(`--credentials-dir ${folder}/keys`)
    expect(command).toContain(`--client-setup-dir ${folder}/setup`)
    writeFileSync(join(folder, 'team.env'), 'CREDENTIALS_DIR=keys\nCLIENT_SETUP_DIR=~/setup\n')
    const { err } = await cli([...args, '--env-file', join(folder, 'team.env')], {}, folder)
    expect(err).toContain('CREDENTIALS_DIR contains a relative path')
    expect(err).not.toContain('CLIENT_SETUP_DIR')
  })

  test('a relative XDG_CONFIG_HOME is ignored, as it is by every other command', async () => {
    const unit = async (folder: string) =>
      unitValues((await cli(['service', 'print', 'systemd'], { XDG_CONFIG_HOME: folder })).out, 'Environment')
    expect([await unit('rel'), await unit('/abs')]).toEqual([[], ['XDG_CONFIG_HOME=/abs']])
  })

  test('Windows: a variable that answers to two spellings is one', async () => {
    const proxy = 'http://proxy.example:3128'
    const { err } = await cli(
      ['service', 'print', '--simulate'],
      { HTTPS_PROXY: proxy, https_proxy: proxy, NO_PROXY: 'a', no_proxy: 'a' },
      undefined,
      { platform: 'win32' },
    )
    expect([...err.matchAll(/Variable\('(\w+)'/g)].map(([, name]) => name)).toEqual(['HTTPS_PROXY', 'NO_PROXY'])
  })

  test('from the sources: bun, and the file that it runs', async () => {
    const ownCommand = ['/opt/bun', '/src/main.ts']
    const { out } = await cli(['service', 'print', 'systemd'], {}, undefined, { ownCommand })
    expect(unitValues(out, 'ExecStart')).toEqual(['/opt/bun /src/main.ts start'])
  })

  test.each([
    [['--api-key', key], '--api-key is not allowed in a service'],
    [['--', '--client-token', clientToken], '--client-token is not allowed in a service'],
    [['--port', '0'], '--port 0 gives another port at each start.'],
    [['--port', 'x'], '--port must be a whole number'],
    [['upstart'], 'Unknown service manager upstart. Use one of systemd, launchd, windows.'],
    [['--', '--claude-code'], 'Unknown flag --claude-code.'],
    [['--dev'], 'Unknown flag --dev.'],
    [['--model', 'gpt-9'], 'gpt-9'],
    [['--endpoint-url', 'http://nexus.example'], 'would go to nexus.example unencrypted'],
    [['--config', '/nowhere/c.json'], 'The configuration file /nowhere/c.json cannot be read'],
  ])('refuses what start refuses, and flags that are not for a service: %p', async (args, words) => {
    const { code, out, err } = await cli(['service', 'print', ...args])
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(words)
    expect(secretsIn(err)).toEqual([])
  })

  test('reports an unknown system, and does not read the keychain', async () => {
    expect((await cli(['service', 'print'], {}, undefined, { platform: 'freebsd' })).err).toContain(
      'This system has no known service manager.',
    )
    const folder = temporaryFolder()
    mkdirSync(join(folder, '.config', 'nexus-claude-api'), { recursive: true })
    const own = join(folder, '.config', 'nexus-claude-api', 'config.json')
    writeFileSync(own, '{ "apiKey": { "keychain": "apiKey" } }')
    const { code, out } = await cli(['service', 'print'], {}, folder)
    expect(code).toBe(0)
    // Otherwise a keychain that is locked at login would end the service permanently.
    expect(unitValues(out, 'RestartPreventExitStatus')).toEqual([])
  })
})
