import { describe, expect, test } from 'bun:test'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { UsageError } from '../../src/base/usage-error.ts'
import { launchd } from '../../src/cli/service/launchd.ts'
import type { Service } from '../../src/cli/service/service.ts'
import { isPassing, lastingPath } from '../../src/cli/service/surroundings.ts'
import { systemd } from '../../src/cli/service/systemd.ts'
import { windows } from '../../src/cli/service/windows.ts'
import { clientToken, found, key, proxyPassword } from '../support/canary.ts'
import { cli, temporaryFolder } from '../support/cli.ts'
import { systemdArgument, systemdWords, windowsWords, xmlWords } from '../support/service-quoting.ts'

const service = (change: Partial<Service> = {}): Service => ({
  program: '/usr/local/bin/nexus-claude-api',
  args: ['start'],
  environment: [],
  withheld: [],
  home: '/home/anna',
  user: undefined,
  localData: undefined,
  logFile: undefined,
  asksKeychain: false,
  ...change,
})

const values = (unit: string, name: string): string[] =>
  [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value)

const tagged = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) => xmlWords(text))

/** What paths and values may hold: anything but control characters and halves of characters. */
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    fc
      .array(
        fc.constantFrom(
          'a',
          ' ',
          '"',
          "'",
          '\\',
          '%',
          '$',
          `$${'{HOME}'}`,
          '%h',
          ';',
          '#',
          '&',
          '<',
          '>',
          '--',
          'é',
          '😀',
        ),
        {
          minLength: 1,
          maxLength: 12,
        },
      )
      .map((parts) => parts.join('')),
  )
  .filter((value) => !/[\p{Cc}\p{Cs}\u2028\u2029\ufffe\uffff]/u.test(value))
const some = fc.record({ name: text, args: fc.array(text, { maxLength: 4 }), value: text })

describe('whatever paths and values hold, the service is given them as they are', () => {
  test('systemd, but for paths of programs that it refuses', () => {
    fc.assert(
      fc.property(some, ({ name, args, value }) => {
        const print = () => systemd.unit(service({ program: `/opt/${name}`, args, environment: [['NO_PROXY', value]] }))
        if (/["'\\]/.test(name)) {
          expect(print).toThrow(UsageError)
          return
        }
        const unit = print()
        const [program, ...rest] = systemdWords(values(unit, 'ExecStart')[0] ?? '')
        expect([program, ...rest.map(systemdArgument)]).toEqual([`/opt/${name}`, ...args])
        expect(systemdWords(values(unit, 'Environment')[0] ?? '')).toEqual([`NO_PROXY=${value}`])
        expect(unit).not.toMatch(/\\$/m)
      }),
    )
  })

  test('launchd', () => {
    fc.assert(
      fc.property(some, ({ name, args, value }) => {
        const unit = launchd.unit(service({ program: `/opt/${name}`, args, environment: [['NO_PROXY', value]] }))
        const [, ...strings] = tagged(unit, 'string')
        expect(strings.slice(0, args.length + 2)).toEqual([`/opt/${name}`, ...args, value])
        expect(unit).toMatch(/^[\n\x20-\x7e]*$/)
      }),
    )
  })

  test('Windows, but for what its scheduler replaces', () => {
    fc.assert(
      fc.property(some, ({ name, args }) => {
        const program = `C:\\Users\\${name}\\nexus-claude-api.exe`
        const print = () => windows.unit(service({ program, args, user: String.raw`CORP\anna` }))
        if (/%[^%]+%|\$\(/.test([program, ...args].join(' '))) {
          expect(print).toThrow(UsageError)
          return
        }
        const unit = print()
        expect(windowsWords(tagged(unit, 'Arguments')[0] ?? '')).toEqual(['--headless', program, ...args])
        expect(unit).toMatch(/^[\n\x20-\x7e]*$/)
      }),
    )
  })

  test.each([systemd, launchd, windows])('a line break is refused', (kind) => {
    for (const change of [
      { program: '/a\nb' },
      { args: ['\u0007'] },
      { environment: [['NO_PROXY', 'a\r\nb']] as const },
      { user: 'a\u0001' },
      { localData: 'C:\\\u0002' },
    ])
      expect(() => kind.unit(service(change))).toThrow(UsageError)
  })
})

describe('what a service is like', () => {
  test('systemd: it has the time to end, and is not started again where that cannot help', () => {
    const unit = systemd.unit(service({ args: ['start', '--port', '4200'] }))
    for (const [name, value] of [
      ['ExecStart', '/usr/local/bin/nexus-claude-api start --port 4200'],
      ['Restart', 'on-failure'],
      ['RestartPreventExitStatus', '2'],
      ['KillSignal', 'SIGTERM'],
      ['TimeoutStopSec', '40'],
      ['LimitCORE', '0'],
      ['NoNewPrivileges', 'yes'],
      ['WantedBy', 'default.target'],
    ] as const)
      expect([name, values(unit, name)]).toEqual([name, [value]])
  })

  test('launchd: each key has its value, and each tag its end', () => {
    const unit = launchd.unit(service({ environment: [['HTTPS_PROXY', 'http://proxy.example:3128']] }))
    const open: string[] = []
    for (const [, end, name = '', empty] of unit.matchAll(/<(\/?)(\w+)[^<>]*?(\/?)>/g)) {
      if (end === '/') expect(open.pop()).toBe(name)
      else if (empty !== '/') open.push(name)
    }
    expect(open).toEqual([])
    expect(unit).toContain('<key>SuccessfulExit</key>\n    <false/>')
    expect(unit).toContain('<string>/home/anna/Library/Logs/nexus-claude-api/server.log</string>')
    expect(unit).toContain('<key>ExitTimeOut</key>\n  <integer>40</integer>')
  })

  test('Windows: for one user, without an administrator, without an end', () => {
    const unit = windows.unit(service({ user: String.raw`CORP\anna`, localData: String.raw`C:\Users\anna\Local` }))
    expect(tagged(unit, 'UserId')).toEqual([String.raw`CORP\anna`, String.raw`CORP\anna`])
    expect([tagged(unit, 'ExecutionTimeLimit'), tagged(unit, 'RunLevel')]).toEqual([['PT0S'], ['LeastPrivilege']])
    expect(tagged(unit, 'Arguments')[0]).toEndWith(
      String.raw` start --log-file C:\Users\anna\Local\nexus-claude-api\server.log`,
    )
  })

  test('Windows: a log of the user is not overruled, and the steps show it', () => {
    const own = service({ logFile: String.raw`D:\it's.log`, localData: 'C:\\' })
    expect(tagged(windows.unit(own), 'Arguments')[0]).toEndWith(' start')
    expect(windows.steps(own)).toContain(String.raw`Get-Content -Wait 'D:\it''s.log'`)
    expect(windows.steps(own)).not.toContain('LOCALAPPDATA')
  })

  test('Windows: what the steps set for the account arrives whole, whatever it holds', () => {
    const steps = windows.steps(service({ environment: [['NO_PROXY', "$x`it's \u2019"]] }))
    expect(steps).toContain("SetEnvironmentVariable('NO_PROXY', '$x`it''s \u2019\u2019', 'User')")
  })

  test('a path that an upgrade takes away is not used', () => {
    expect(
      [
        '/opt/homebrew/Cellar/nexus-claude-api/1.2.3/bin/nexus-claude-api',
        String.raw`C:\Users\a\scoop\apps\nexus-claude-api\1.2.3\nexus-claude-api.exe`,
        '/usr/bin/nexus-claude-api',
      ].map(lastingPath),
    ).toEqual([
      '/opt/homebrew/opt/nexus-claude-api/bin/nexus-claude-api',
      String.raw`C:\Users\a\scoop\apps\nexus-claude-api\current\nexus-claude-api.exe`,
      '/usr/bin/nexus-claude-api',
    ])
    expect(isPassing('/home/a/.npm/_npx/123/node_modules/x/nexus-claude-api')).toBe(true)
  })

  // Says nothing about a user's own units but how they are written, and whether the program is there.
  test.skipIf(Bun.which('systemd-analyze') === null)('systemd itself has nothing against it', () => {
    const folder = temporaryFolder()
    const program = join(folder, 'a $HOME %h ;é&')
    writeFileSync(program, '#!/bin/sh\n')
    chmodSync(program, 0o755)
    const path = join(folder, 'nexus-claude-api.service')
    const environment = [['NO_PROXY', '100% $x "y" \\']] as const
    writeFileSync(path, systemd.unit(service({ program, args: ['start', '; %n $PATH'], environment })))
    const { exitCode, stderr } = Bun.spawnSync(['systemd-analyze', 'verify', '--man=no', path])
    const ours = stderr
      .toString()
      .split('\n')
      .filter((line) => line.includes('nexus-claude-api'))
    expect([exitCode, ours]).toEqual([0, []])
  })
})

describe('service print', () => {
  test('the unit stands alone on standard output, what to do beside it', async () => {
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

  test('flags before and after --, with whole paths, and the surroundings without passwords', async () => {
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
    expect(values(out, 'ExecStart')).toEqual([
      `/usr/local/bin/nexus-claude-api start --port 4200 --log-file ${folder}/my.log --config ${folder}/c.json --verbose`,
    ])
    expect(values(out, 'Environment')).toEqual([
      'HTTPS_PROXY=http://proxy.example:3128',
      'NO_PROXY=a.example',
      `NODE_EXTRA_CA_CERTS=${folder}/ca.pem`,
    ])
    expect(out).toContain('# Left out, because there is a password in it: http_proxy.')
    expect(err).toContain('warning: http_proxy is left out')
    expect(err).toContain(
      'NEXUS_API_KEY is set here, and the systemd service does not see it: nexus-claude-api config set apiKey',
    )
    expect(err).toContain('config set model keeps it')
    expect(found(out + err)).toEqual([])
  })

  test('what would end the service, or open it to all, is said', async () => {
    const { err } = await cli(['service', 'print', 'systemd', '--host', '0.0.0.0'])
    expect(err).toContain('warning: there is no key yet')
    expect(err).toContain('warning: 0.0.0.0 can be reached by others')
    const given = { NEXUS_API_KEY: key, NEXUS_CLIENT_TOKEN: clientToken }
    const seen = await cli(['service', 'print', 'systemd', '--host', '0.0.0.0'], given)
    expect(seen.err).not.toMatch(/no key yet|reached by others/)
    expect(seen.err).toContain('config set clientToken keeps it')
  })

  test('a path in a file that begins here is named, and one that was made whole is not', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'c.json'), '{ "logging": { "file": "x.log" } }')
    writeFileSync(join(folder, 'variables'), 'NEXUS_API_KEY_FILE=key\nNEXUS_CONFIG=c.json\n')
    const warnings = async (environment: Record<string, string>, ...args: string[]) =>
      (await cli(['service', 'print', 'systemd', ...args], environment, folder)).err
        .split('\n')
        .filter((line) => line.includes('begins here'))
        .map((line) => line.replace(/^warning: | holds a path.*$/g, ''))
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

  test('a relative XDG_CONFIG_HOME is ignored, as it is by every other command', async () => {
    const unit = async (folder: string) =>
      values((await cli(['service', 'print', 'systemd'], { XDG_CONFIG_HOME: folder })).out, 'Environment')
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
    expect(values(out, 'ExecStart')).toEqual(['/opt/bun /src/main.ts start'])
  })

  test.each([
    [['--api-key', key], '--api-key does not belong into a service'],
    [['--', '--client-token', clientToken], '--client-token does not belong into a service'],
    [['--port', '0'], '--port 0 is another port at each start.'],
    [['--port', 'x'], '--port must be a whole number'],
    [['upstart'], 'There is no service upstart. Name one of systemd, launchd, windows.'],
    [['--', '--claude-code'], 'Unknown flag --claude-code.'],
    [['--dev'], 'Unknown flag --dev.'],
    [['--model', 'gpt-9'], 'gpt-9'],
    [['--endpoint-url', 'http://nexus.example'], 'would go to nexus.example unencrypted'],
    [['--config', '/nowhere/c.json'], 'The configuration file /nowhere/c.json cannot be read'],
  ])('what start would refuse, and what does not belong there: %p', async (args, words) => {
    const { code, out, err } = await cli(['service', 'print', ...args])
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(words)
    expect(found(err)).toEqual([])
  })

  test('a system that has none of them is told so, and the keychain is left alone', async () => {
    expect((await cli(['service', 'print'], {}, undefined, { platform: 'freebsd' })).err).toContain(
      'This system has no service that we know.',
    )
    const folder = temporaryFolder()
    mkdirSync(join(folder, '.config', 'nexus-claude-api'), { recursive: true })
    const own = join(folder, '.config', 'nexus-claude-api', 'config.json')
    writeFileSync(own, '{ "apiKey": { "keychain": "apiKey" } }')
    const { code, out } = await cli(['service', 'print'], {}, folder)
    expect(code).toBe(0)
    // One that is locked at login would otherwise end the service for good.
    expect(values(out, 'RestartPreventExitStatus')).toEqual([])
  })
})
