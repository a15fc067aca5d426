import { describe, expect, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { catalogue } from '../../../src/cli/commands/commands.ts'
import { flagsOf } from '../../../src/cli/parse/arguments.ts'
import { version } from '../../../src/version.ts'
import { productSpellings } from '../../support/catalog.ts'
import { cli, startCli, temporaryFolder } from '../../support/cli.ts'

const key = { NEXUS_API_KEY: 'canary-key-0123456789' }

describe('help and version', () => {
  test.each([
    [['--help']],
    [['-h']],
    [['start', '--help']],
    [['start', '-h', '--nonsense']],
    [['simulate', '--help']],
    [['doctor', '--help']],
    [['--port', '1', '--help']],
    [['start', '-hv']],
    [['-ch']],
  ])('%p', async (args) => {
    const { code, out, err } = await cli(args)
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain('Usage: nexus-claude-api')
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  test('has no page that is wider than a terminal', async () => {
    const pages = [...catalogue.commands, ...catalogue.groups].map(({ name }) => name.split(' '))
    for (const words of pages) {
      const { out } = await cli([...words, '--help'])
      for (const line of out.split('\n')) expect([words, line, line.length <= 80]).toEqual([words, line, true])
    }
  })

  test.each([[['--version']], [['-V']], [['start', '-V']]])('%p', async (args) => {
    expect(await cli(args)).toEqual({
      code: 0,
      err: '',
      out: expect.stringContaining(`nexus-claude-api ${version}`) as never,
    })
  })
})

describe('wrong use ends with exit code 2 and a remedy', () => {
  test.each([
    [['start', '--prot', '1'], 'Unknown flag --prot. Did you mean --port?'],
    [['--prot=1'], 'Unknown flag --prot. Did you mean --port?'],
    [['start', '-x'], 'Unknown flag -x.'],
    [['simulate', '--modle', 'x'], 'Unknown flag --modle.'],
    [['strat'], 'Unknown command strat. Did you mean start?'],
    [['serve'], 'Unknown command serve. Did you mean start?'],
    [['version'], 'Unknown command version. Did you mean --version?'],
    [['status'], 'Unknown command status. Did you mean health?'],
    [['config', 'foo'], 'Unknown command config foo. See nexus-claude-api config --help.'],
    [['config', 'lst'], 'Unknown command config lst. Did you mean config list?'],
    [['constructor'], 'Unknown command constructor.'],
    [['config', '--nonsense'], 'Unknown flag --nonsense.'],
    [['help', 'start', 'now'], 'Unknown command start now.'],
    [['help', 'config', 'gte'], 'Unknown command config gte. Did you mean config get?'],
    [['start', 'now'], 'start takes only flags.'],
    [['start', '--port'], '--port needs a value: a whole number from 0 to 65535. See nexus-claude-api start --help.'],
    [['start', '-p'], '--port needs a value: a whole number from 0 to 65535.'],
    [['start', '--port', '--verbose'], '--port needs a value: a whole number from 0 to 65535.'],
    [['start', '--log-format'], '--log-format needs a value: one of text, json, json-snake.'],
    [['start', '--config'], '--config needs a value: --config <file>.'],
    [['simulate', '--port'], '--port needs a value: a whole number from 0 to 65535.'],
    [['start', '--max-retries', '-1'], '--max-retries must be a whole number from 0 to 10.'],
    [['start', '-p', '-1'], '--port must be a whole number from 0 to 65535.'],
    [['start', '--timeout', '-.5'], '--timeout must be a number from 0.001 to 86400.'],
    [
      ['start', '--client-token', 'a b'],
      '--client-token contains a space or a character that is not valid in a header: a key or a token is one word.',
    ],
    [['start', '--api-key', 'Bearer x'], '--api-key begins with "Bearer": give only the part after it.'],
    [['start', '--dev=yes'], '--dev takes no value.'],
    [['start', '--port', 'abc'], '--port must be a whole number from 0 to 65535.'],
    [
      ['start', '--shell', 'tcsh', '--simulate', '--dry-run'],
      '--shell must be one of bash, zsh, fish, sh, powershell, pwsh, cmd.',
    ],
    [
      ['start', '--model', 'claude-sonet-4-6', '--simulate', '--dry-run'],
      "--model: unknown model 'claude-sonet-4-6'. Did you mean claude-sonnet-4-6?",
    ],
    [['start', '--model', 'gpt-5', '--simulate', '--dry-run'], `Available: ${productSpellings.join(', ')}.`],
    [
      ['start', '--config', '/nowhere/config.json'],
      'The configuration file /nowhere/config.json cannot be read (ENOENT).',
    ],
    [['start', '--env-file', '/nowhere/.env'], 'The environment file /nowhere/.env cannot be read (ENOENT).'],
    [
      ['start', '--simulate', '--log-file', '/nowhere/x.log'],
      'The log file /nowhere/x.log cannot be written (ENOENT).',
    ],
    [['simulate', '--port', 'x'], '--port must be a whole number'],
    [['simulate', '--scenario', '/nowhere/s.json'], 'The scenario /nowhere/s.json cannot be read (ENOENT).'],
    [['start', '--host', ''], '--host must be a non-empty string.'],
    [['start', '--host', 'two words'], '--host must be an address or a host name of this machine.'],
    [['start', '--host', 'localhost:80'], '--host must be an address or a host name of this machine.'],
    [['start', '--upstream', 'anthropic', '--client-keys', 'ignore'], 'No Anthropic key.'],
    [['start', '--provider', 'nebius'], '--provider works only with --upstream openai.'],
    [['start', '--config', ''], '--config is empty.'],
    [['simulate', '--host', ''], '--host is empty.'],
    [['simulate', '--scenario', ''], '--scenario is empty.'],
    [['start', '-kS'], 'Unknown flag -k.'],
    [
      ['start', '--simulate', '--dry-run', '--log-file', '/nowhere/x.log'],
      'The log file /nowhere/x.log cannot be written',
    ],
    [['start', '--simulate', '--dry-run', '-c', '-p', '0'], 'The server chooses the port for --port 0 when it starts.'],
    [['start', '--endpoint-url', 'https://x.example/?'], 'must not contain a query or a fragment'],
    [['start'], 'No AI Nexus key.'],
  ])('%p', async (args, message) => {
    const { code, out, err } = await cli(args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toStartWith('error: ')
    expect(err).toContain(message)
  })
})

describe('--dry-run', () => {
  test('A10 shows the configuration even without a key, and then the missing key', async () => {
    const { code, err } = await cli(['start', '--dry-run', '--port', '5000'])
    expect(code).toBe(2)
    expect(err).toMatch(/^ {2}host .*[\s\S]* {2}port +5000 +--port[\s\S]*\nerror: No AI Nexus key\./)
  })

  test('shows each value and its source, but not the key', async () => {
    const folder = temporaryFolder()
    writeFileSync(
      join(folder, 'c.json'),
      JSON.stringify({ port: 5001, clientToken: 'canary-token-0123456789', nonsense: 1 }),
    )
    const { code, out, err } = await cli(
      ['--dry-run', '--config', join(folder, 'c.json'), '--timeout', '30'],
      { ...key, NEXUS_MODEL: 'opus' },
      folder,
    )
    expect([code, out]).toEqual([0, ''])
    expect(err).toContain('unknown key nonsense')
    expect(err).toMatch(/port +5001 +\S*c\.json/)
    expect(err).toMatch(/model +opus +NEXUS_MODEL/)
    expect(err).toMatch(/timeout +30 +--timeout/)
    expect(err).toMatch(/apiKey +cana…\(21 characters\) +NEXUS_API_KEY/)
    expect(err).not.toContain('canary-')
  })

  test('prints only the launch command on standard output', async () => {
    const { out } = await cli(
      ['--dry-run', '-c', '--shell', 'bash', '--model', 'claude-opus-4-6[1m]', '-p', '5000'],
      key,
    )
    expect(out).toBe(
      "env -u ANTHROPIC_API_KEY ANTHROPIC_BASE_URL='http://127.0.0.1:5000' ANTHROPIC_AUTH_TOKEN='dummy' ANTHROPIC_DEFAULT_MODEL='claude-opus-4-6[1m]' ANTHROPIC_MODEL='claude-opus-4-6[1m]' ANTHROPIC_DEFAULT_FABLE_MODEL='claude-opus-4-6' ANTHROPIC_DEFAULT_OPUS_MODEL='claude-opus-4-6' ANTHROPIC_DEFAULT_SONNET_MODEL='claude-sonnet-4-6' ANTHROPIC_DEFAULT_HAIKU_MODEL='claude-haiku-4-5' ANTHROPIC_SMALL_FAST_MODEL='claude-haiku-4-5' DISABLE_NON_ESSENTIAL_MODEL_CALLS='1' CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC='1' CLAUDE_CODE_ATTRIBUTION_HEADER='0' NO_PROXY='127.0.0.1,localhost,::1' no_proxy='127.0.0.1,localhost,::1' claude\n",
    )
  })

  test('prints the client token in the launch command, never the key', async () => {
    const { out } = await cli(['--dry-run', '-c', '--shell', 'fish', '--client-token', 'tok'], key)
    expect(out).toContain("ANTHROPIC_AUTH_TOKEN='tok'")
    expect(out).not.toContain('canary')
  })
})

describe('files', () => {
  test("are the user's own, and with --dev also the local one", async () => {
    const folder = temporaryFolder()
    const own = join(folder, '.config', 'nexus-claude-api', 'config.json')
    await Bun.write(own, JSON.stringify({ port: 5001, model: 'haiku' }))
    writeFileSync(join(folder, 'nexus-claude-api.local.json'), JSON.stringify({ port: 5002 }))
    const plain = await cli(['--dry-run'], key, folder)
    expect(plain.err).toMatch(/port +5001/)
    expect(plain.err).toContain('nexus-claude-api.local.json is ignored; pass --dev to use it.')
    const dev = await cli(['--dry-run', '--dev'], key, folder)
    expect(dev.err).toMatch(/port +5002/)
    expect(dev.err).toMatch(/model +haiku/)
    expect(dev.err).toMatch(/logging.file +\S*nexus-claude-api.local.log +--dev/)
    expect((await cli(['--dry-run', '-v'], key, folder)).err).toMatch(/logging.level +debug +--verbose/)
    expect(dev.err).not.toContain('is ignored')
  })

  test('may be an --env-file, which adds unset variables; no .env is read automatically', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, '.env'), 'NEXUS_PORT=6666\nNEXUS_API_KEY=canary-from-env\n')
    expect((await cli(['start'], {}, folder)).code).toBe(2)
    const { err } = await cli(['--dry-run', '--env-file', join(folder, '.env')], { NEXUS_PORT: '7777' }, folder)
    expect(err).toMatch(/port +7777/)
    expect(err).toMatch(/apiKey .*\.env \(line 2\)/)
  })

  test('cause an error if they exist but cannot be read', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, '.config', 'nexus-claude-api', 'config.json'), { recursive: true })
    expect((await cli(['--dry-run'], key, folder)).err).toContain('config.json cannot be read (EISDIR)')
  })

  test('and variables are named in errors about their values', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'c.json'), '{"model": "other"}')
    expect((await cli(['--dry-run', '--config', join(folder, 'c.json')], key, folder)).err).toContain(
      `model in ${folder}/c.json: unknown model 'other'.`,
    )
    expect((await cli(['--dry-run'], { ...key, NEXUS_SMALL_MODEL: 'other' })).err).toContain(
      "NEXUS_SMALL_MODEL: unknown model 'other'.",
    )
  })

  test('may be named by NEXUS_CONFIG', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'c.json'), '{"port": 5003}')
    expect((await cli(['--dry-run'], { ...key, NEXUS_CONFIG: join(folder, 'c.json') }, folder)).err).toMatch(
      /port +5003/,
    )
  })
})

describe('warnings', () => {
  test('mention a server that other machines can use without a token', async () => {
    const { err } = await cli(['--dry-run', '--host', '0.0.0.0'], key)
    expect(err).toContain('warning: other machines can reach 0.0.0.0')
    const quiet = await cli(['--dry-run', '--host', '0.0.0.0'], { ...key, NEXUS_CLIENT_TOKEN: 't' })
    expect(quiet.err).not.toContain('warning')
  })

  test('mention an unencrypted key, which is refused without --allow-http', async () => {
    const plain = ['--dry-run', '--endpoint-url', 'http://nexus.example']
    const refused = await cli(plain, key)
    expect([refused.code, refused.err]).toEqual([
      2,
      expect.stringContaining('--endpoint-url begins with http, so the key would go to nexus.example unencrypted.'),
    ])
    expect((await cli(plain, { ...key, NEXUS_ALLOW_HTTP: '0' })).code).toBe(2)
    for (const allowed of [
      await cli([...plain, '--allow-http'], key),
      await cli(plain, { ...key, NEXUS_ALLOW_HTTP: '1' }),
    ]) {
      expect([allowed.code, allowed.err]).toEqual([
        0,
        expect.stringContaining('warning: the key is sent to nexus.example unencrypted'),
      ])
    }
  })

  test('do not mention addresses of this machine, or a simulation', async () => {
    for (const address of ['http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1', 'https://nexus.example'])
      expect((await cli(['--dry-run', '--endpoint-url', address], key)).code).toBe(0)
    expect((await cli(['--dry-run', '--simulate', '--endpoint-url', 'http://nexus.example'])).code).toBe(0)
    for (const address of ['http://localhost.example', 'http://127.0.0.1.example', 'http://0.0.0.0', 'http://10.0.0.1'])
      expect((await cli(['--dry-run', '--endpoint-url', address], key)).code).toBe(2)
  })
})

describe('help', () => {
  test('shows the flags and the examples of a command', async () => {
    const { code, out } = await cli(['help', 'start'])
    expect(code).toBe(0)
    expect(out).toContain('Usage: nexus-claude-api start [flags]')
    expect(out).toMatch(/Examples:\n {2}# .*\n {2}nexus-claude-api start/)
    expect(out).toBe((await cli(['start', '--help'])).out)
  })

  test('Part 3 groups a long list of flags, and keeps a short one together', async () => {
    const { out } = await cli(['help', 'start'])
    const headings = out.match(/^[A-Z].*:$/gm)
    expect(headings).toEqual([
      'Launching a client:',
      'Models:',
      'Server:',
      'Server for a team:',
      'Upstream:',
      'OpenAI-compatible server:',
      'Anthropic:',
      'Log:',
      'Configuration:',
      'Help:',
      'Examples:',
    ])
    expect(out.split('Launching a client:\n')[1]?.split('\n\n')[0]).toContain('-c, --claude-code')
    expect((await cli(['help', 'simulate'])).out).toContain('\nFlags:\n')
    // Every flag once.
    for (const { name, args } of catalogue.commands) {
      const help = (await cli([...name.split(' '), '--help'])).out
      for (const [flag] of flagsOf(args)) {
        const rows = help.split('\n').filter((line) => new RegExp(`^ {2}(?:-.,|   ) --${flag}(?: |$)`).test(line))
        expect([name, flag, rows.length]).toEqual([name, flag, 1])
      }
    }
  })

  test('Part 3 fits a narrow window', async () => {
    for (const columns of [60, 71, 72])
      for (const words of [
        ['help'],
        ['help', 'start'],
        ['help', 'config'],
        ['help', 'doctor'],
        ['help', 'completion'],
      ]) {
        const { out } = await cli(words, {}, undefined, { outColumns: columns })
        // Commands to type are not wrapped.
        const lines = out.split('\n').filter((line) => !/^ {2}\S|^Usage/.test(line))
        for (const line of lines) expect([columns, line, line.length <= columns]).toEqual([columns, line, true])
      }
  })

  test('Part 3 has bold headings only on a terminal with colours', async () => {
    const bold = (await cli(['help', 'start'], {}, undefined, { isOutTerminal: true, useColor: true })).out
    expect(bold).toContain('\u001b[1mServer:\u001b[22m\n')
    expect(bold).toContain('\u001b[1mUsage:\u001b[22m nexus-claude-api start')
    const plain = (await cli(['help', 'start'])).out
    expect(bold.replaceAll('\u001b[1m', '').replaceAll('\u001b[22m', '')).toBe(plain)
    expect((await cli(['help', 'start'], {}, undefined, { isOutTerminal: true, useColor: false })).out).toBe(plain)
    expect((await cli(['help', 'start'], {}, undefined, { isOutTerminal: false, useColor: true })).out).toBe(plain)
  })

  test('without a command is the same as --help', async () => {
    expect((await cli(['help'])).out).toBe((await cli(['--help'])).out)
    expect(await cli(['help', 'strat'])).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean start?') })
  })
})

describe('the banner', () => {
  const bannerFor = async (
    args: readonly string[],
    environment: Record<string, string>,
    folder = temporaryFolder(),
  ) => {
    const program = startCli(['start', '--port', '0', ...args], { HOME: folder, ...environment })
    await program.says(/Config .*/)
    program.kill('SIGTERM')
    return (await program.ended).err
  }

  test('shows the address, the upstream, the key with its source, the models and the configuration', async () => {
    const folder = temporaryFolder()
    const file = join(folder, '.config', 'nexus-claude-api', 'config.json')
    await Bun.write(file, JSON.stringify({ endpointUrl: 'https://nexus.example', timeout: 30 }))
    const said = await bannerFor(['--model', 'opus'], key, folder)
    expect(said).toMatch(/^ {2}Address {3}http:\/\/127\.0\.0\.1:\d+$/m)
    const roles: Record<string, string> = { 'claude-opus-4-6': ' (main)', 'claude-haiku-4-5': ' (small)' }
    const models = productSpellings.map((spelling) => spelling + (roles[spelling] ?? ''))
    expect(said.replaceAll(`,\n${' '.repeat(12)}`, ', ')).toContain(`
  Upstream  https://nexus.example
  Key       cana…(21 characters) from NEXUS_API_KEY
  Models    ${models.join(', ')}
  Config    ~/.config/nexus-claude-api/config.json, NEXUS_API_KEY, flags
`)
    expect(said).not.toContain('canary')
    for (const line of said.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  test('shows no key for a simulation', async () => {
    const said = await bannerFor(['--simulate'], {})
    expect(said).toContain('Upstream  embedded simulation of AI Nexus (no key needed)')
    expect(said).not.toContain('Key ')
  })
})

/** A folder with a program `claude`, which is never run. */
const folderWithClaude = (): string => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'claude'), '#!/bin/sh\n', { mode: 0o700 })
  return folder
}

describe('the program prompts for a key only if it can use one', () => {
  const neverPrompted = {
    secret: async () => {
      throw new Error('prompted')
    },
    choose: async () => {
      throw new Error('prompted')
    },
  }

  test('A10 and otherwise names the same command with --simulate', async () => {
    for (const command of ['start', 'claude']) {
      const PATH = command === 'claude' ? folderWithClaude() : ''
      const { err } = await cli([command], { PATH })
      expect(err).toEndWith(`Or try it without a key: nexus-claude-api ${command} --simulate\n`)
    }
  })

  test('OU-T3 and otherwise names the same upstream with --simulate', async () => {
    const { code, err } = await cli(['start', '--upstream', 'openai'])
    expect(code).toBe(2)
    expect(err).toEndWith('Or try it without a key: nexus-claude-api start --upstream openai --simulate\n')
  })

  test('not with a port in use, an unknown shell, or a log file that cannot be written', async () => {
    const taken = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('hello') })
    const lines: [string[], string][] = [
      [['start', '--port', String(taken.port)], `Port ${taken.port} on 127.0.0.1 is in use`],
      [['start', '-c', '--shell', 'tcsh'], '--shell must be one of'],
      [['start', '--log-file', '/nowhere/x.log'], 'The log file /nowhere/x.log cannot be written'],
      [['claude'], 'Claude Code was not found'],
    ]
    for (const [args, words] of lines) {
      const { code, err } = await cli(args, {}, undefined, { prompts: neverPrompted })
      expect([code, err]).toEqual([2, expect.stringContaining(words) as never])
    }
    await taken.stop(true)
  })
})
