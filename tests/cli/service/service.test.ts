import { describe, expect, test } from 'bun:test'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { UsageError } from '../../../src/base/usage-error.ts'
import { launchd } from '../../../src/cli/service/launchd.ts'
import type { Service } from '../../../src/cli/service/service.ts'
import { isPassing, lastingPath } from '../../../src/cli/service/service-environment.ts'
import { systemd } from '../../../src/cli/service/systemd.ts'
import { windows } from '../../../src/cli/service/windows.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { systemdArgument, systemdWords, unitValues, windowsWords, xmlWords } from '../../support/service-quoting.ts'

const service = (change: Partial<Service> = {}): Service => ({
  program: '/usr/local/bin/nexus-claude-api',
  args: ['start'],
  environment: [],
  withheld: [],
  home: '/home/anna',
  user: undefined,
  localData: undefined,
  logFile: undefined,
  fetchesSecrets: false,
  drainSeconds: 30,
  ...change,
})

const tagged = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) => xmlWords(text))

/** Paths and values may contain any text without control characters and lone surrogates. */
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

describe('the service gets every path and value unchanged', () => {
  test('systemd, except program paths that it refuses', () => {
    fc.assert(
      fc.property(some, ({ name, args, value }) => {
        const print = () => systemd.unit(service({ program: `/opt/${name}`, args, environment: [['NO_PROXY', value]] }))
        if (/["'\\]/.test(name)) {
          expect(print).toThrow(UsageError)
          return
        }
        const unit = print()
        const [program, ...rest] = systemdWords(unitValues(unit, 'ExecStart')[0] ?? '')
        expect([program, ...rest.map(systemdArgument)]).toEqual([`/opt/${name}`, ...args])
        expect(systemdWords(unitValues(unit, 'Environment')[0] ?? '')).toEqual([`NO_PROXY=${value}`])
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

  test('Windows, except text that its scheduler replaces', () => {
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

  test.each([systemd, launchd, windows])('refuses a line break', (kind) => {
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

describe('a service', () => {
  test('systemd: has time to stop, and is not restarted if that cannot help', () => {
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
      expect([name, unitValues(unit, name)]).toEqual([name, [value]])
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

  test('Windows: runs for one user, without administrator rights, without a time limit', () => {
    const unit = windows.unit(service({ user: String.raw`CORP\anna`, localData: String.raw`C:\Users\anna\Local` }))
    expect(tagged(unit, 'UserId')).toEqual([String.raw`CORP\anna`, String.raw`CORP\anna`])
    expect([tagged(unit, 'ExecutionTimeLimit'), tagged(unit, 'RunLevel')]).toEqual([['PT0S'], ['LeastPrivilege']])
    expect(tagged(unit, 'Arguments')[0]).toEndWith(
      String.raw` start --log-file C:\Users\anna\Local\nexus-claude-api\server.log`,
    )
  })

  test('Windows: keeps the log file of the user, and the steps show it', () => {
    const own = service({ logFile: String.raw`D:\it's.log`, localData: 'C:\\' })
    expect(tagged(windows.unit(own), 'Arguments')[0]).toEndWith(' start')
    expect(windows.steps(own)).toContain(String.raw`Get-Content -Wait 'D:\it''s.log'`)
    expect(windows.steps(own)).not.toContain('LOCALAPPDATA')
  })

  test('Windows: the steps set variables of the account to the exact values', () => {
    const steps = windows.steps(service({ environment: [['NO_PROXY', "$x`it's \u2019"]] }))
    expect(steps).toContain("SetEnvironmentVariable('NO_PROXY', '$x`it''s \u2019\u2019', 'User')")
  })

  test('uses no path that an upgrade removes', () => {
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

  // Checks only the syntax of user units, and whether the program exists.
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
