import { describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { clientArguments } from '../../../src/cli/claude-code/client-arguments.ts'
import { readSettingsArgument } from '../../../src/cli/claude-code/settings-argument.ts'
import { settingsFiles } from '../../../src/cli/claude-code/settings-files.ts'
import { afterTest } from '../../support/cleanup.ts'
import { startCli, temporaryFolder, testIo } from '../../support/cli.ts'
import { doctor } from '../../support/doctor.ts'
import { writeFile } from '../../support/files.ts'

const machineAt = (folder: string) =>
  testIo({ home: folder, currentDirectory: join(folder, 'project'), claudeManagedFolder: join(folder, 'managed') })
    .machine

/** A server without web search, in a network that may block claude.ai. */
const usual = { hasWebSearch: false, skipsPreflight: true }

/** The arguments that Claude Code gets for these arguments of its user. */
const launch = (
  rest: readonly string[],
  folder = temporaryFolder(),
  env: Record<string, string> = {},
  tools: Partial<typeof usual> = {},
) => {
  const machine = machineAt(folder)
  const given = readSettingsArgument(rest, machine)
  const { args, dispose } = clientArguments({
    rest,
    given,
    files: settingsFiles(machine, given),
    env,
    ...usual,
    ...tools,
  })
  afterTest(dispose)
  return { args, dispose, settings: args[0] === '--settings' ? args[1] : undefined, others: args.slice(2) }
}

const settingsFor = (rest: readonly string[], folder?: string, env?: Record<string, string>) =>
  JSON.parse(launch(rest, folder, env).settings ?? 'null')

const settingsWith = (tools: Partial<typeof usual>, folder?: string) =>
  JSON.parse(launch([], folder, {}, tools).settings ?? 'null')

const defaultSettings = { skipWebFetchPreflight: true, permissions: { deny: ['WebSearch'] } }

describe('A5 claude makes WebFetch work, and removes WebSearch', () => {
  test('with one --settings before all other arguments', () => {
    const { args } = launch(['-p', 'hi'])
    expect(args).toEqual(['--settings', JSON.stringify(defaultSettings), '-p', 'hi'])
  })

  test.each([
    [{ permissions: { allow: ['WebSearch'] } }],
    [{ permissions: { ask: ['WebSearch'] } }],
    [{ permissions: { deny: ['Bash', 'WebSearch'] } }],
  ])('but overrides no rule of the user: %j', (settings) => {
    const folder = temporaryFolder()
    writeFile(join(folder, '.claude', 'settings.json'), settings)
    expect(settingsFor([], folder)).toEqual({ skipWebFetchPreflight: true })
  })

  test.each([
    [['--allowedTools', 'Read', 'WebSearch', '-p', 'hi']],
    [['--allowed-tools=WebSearch']],
    [['--tools', 'Bash,WebSearch']],
  ])('and no rule in the arguments: %j', (rest) => {
    expect(settingsFor(rest)).toEqual({ skipWebFetchPreflight: true })
  })

  test('and ignores words in a prompt', () => {
    expect(settingsFor(['-p', 'what is WebSearch?', '--', 'WebSearch'])).toEqual(defaultSettings)
  })

  test("and keeps a user's skipWebFetchPreflight", () => {
    const folder = temporaryFolder()
    writeFile(join(folder, 'project', '.claude', 'settings.json'), { skipWebFetchPreflight: false })
    expect(settingsFor([], folder)).toEqual({ permissions: defaultSettings.permissions })
  })

  test.each([[['mcp', 'list']], [['logs', 'x']], [['doctor']]])(
    'no settings for %j, which holds no conversation',
    (rest) => {
      expect(launch(rest).args).toEqual(rest)
    },
  )
})

describe("a launch decides about Claude Code's web tools", () => {
  test('off: the rule of the launch is merged with the rules of the user (WS-2)', () => {
    const rules = { allow: ['Bash'], deny: ['WebFetch'] }
    expect(settingsFor(['--settings', JSON.stringify({ permissions: rules })])).toMatchObject({
      permissions: { allow: ['Bash'], deny: ['WebFetch', 'WebSearch'] },
    })
  })

  test('on: nothing is denied (WS-3)', () => {
    expect(settingsWith({ hasWebSearch: true })).toEqual({ skipWebFetchPreflight: true })
  })

  test('WebFetch fetches without a check at claude.ai, unless a setting keeps the check (WS-4)', () => {
    expect(settingsWith({ skipsPreflight: false })).toEqual({ permissions: { deny: ['WebSearch'] } })
    expect(settingsWith({ hasWebSearch: true, skipsPreflight: false })).toBeNull()
  })

  test.each([
    [[], defaultSettings],
    [['--search', 'searxng'], { skipWebFetchPreflight: true }],
    [['--upstream', 'anthropic', '--search', 'searxng'], undefined],
  ])('claude passes the settings of its server: %j (WS-2, WS-3, WS-4)', async (flags, expected) => {
    const folder = temporaryFolder()
    const program = join(folder, 'claude')
    writeFileSync(program, `#!${process.execPath}\nconsole.log(JSON.stringify(process.argv.slice(2)))\n`, {
      mode: 0o755,
    })
    const environment = { PATH: `${folder}:${process.env['PATH']}`, NEXUS_SEARCH_URL: 'http://127.0.0.1:9' }
    const { out } = await startCli(['claude', '--simulate', ...flags, '-p', 'hi'], environment).ended
    const settings = expected === undefined ? [] : ['--settings', JSON.stringify(expected)]
    expect(JSON.parse(out)).toEqual([...settings, '-p', 'hi'])
  })

  test('claude keeps the check with search.skipWebFetchPreflight false (WS-4)', async () => {
    const folder = temporaryFolder()
    const program = join(folder, 'claude')
    writeFileSync(program, `#!${process.execPath}\nconsole.log(process.argv[3])\n`, { mode: 0o755 })
    const environment = { PATH: `${folder}:${process.env['PATH']}`, NEXUS_SKIP_WEB_FETCH_PREFLIGHT: 'false' }
    const { out } = await startCli(['claude', '--simulate', '-p', 'hi'], environment).ended
    expect(JSON.parse(out)).toEqual({ permissions: { deny: ['WebSearch'] } })
  })
})

describe("A5 a user's own --settings is merged", () => {
  const own = { model: 'opus', permissions: { allow: ['Bash'], deny: ['WebFetch'] }, env: { FOO: 'bar' } }
  const merged = {
    ...own,
    skipWebFetchPreflight: true,
    permissions: { allow: ['Bash'], deny: ['WebFetch', 'WebSearch'] },
  }

  test('as JSON, in both spellings', () => {
    const text = JSON.stringify(own)
    for (const rest of [
      ['-p', '--settings', text, 'hi'],
      ['-p', `--settings=${text}`, 'hi'],
    ]) {
      expect(settingsFor(rest)).toEqual(merged)
      expect(launch(rest).others).toEqual(['-p', 'hi'])
    }
  })

  test('as a file, into a file that only this user can read, deleted after the session', () => {
    const folder = temporaryFolder()
    writeFile(join(folder, 'project', 'mine.json'), own)
    const { settings = '', others, dispose } = launch(['--settings', 'mine.json', '-c'], folder)
    expect(JSON.parse(readFileSync(settings, 'utf8'))).toEqual(merged)
    expect([others, statSync(settings).mode & 0o777]).toEqual([['-c'], 0o600])
    dispose()
    expect(existsSync(dirname(settings))).toBe(false)
  })

  test('with its values, except those that would keep requests from the server', () => {
    const text = JSON.stringify({
      skipWebFetchPreflight: false,
      permissions: { allow: ['WebSearch'] },
      env: { ANTHROPIC_BASE_URL: 'https://other.example', FOO: 'bar' },
    })
    const env = { ANTHROPIC_BASE_URL: 'http://127.0.0.1:4141' }
    expect(settingsFor(['--settings', text], undefined, env)).toEqual({
      skipWebFetchPreflight: false,
      permissions: { allow: ['WebSearch'] },
      env: { ...env, FOO: 'bar' },
    })
  })

  test('and of two the last counts, as in Claude Code', () => {
    expect(settingsFor(['--settings', '{"a":1}', '--settings', '{"b":2}'])).toEqual({ b: 2, ...defaultSettings })
  })

  test('but not after --, where it is a prompt, and not without a value, which Claude Code refuses', () => {
    expect(launch(['--', '--settings', '{bad']).others).toEqual(['--', '--settings', '{bad'])
    expect(launch(['-p', '--settings']).others).toEqual(['-p', '--settings'])
  })

  test.each([
    ['{bad}', 'The value of --settings is not valid JSON.'],
    ['nowhere.json', '/project/nowhere.json, which does not exist.'],
    ['list.json', '/project/list.json, which cannot be read as a JSON object.'],
  ])('and %s is refused', (value, words) => {
    const folder = temporaryFolder()
    writeFile(join(folder, 'project', 'list.json'), '[]')
    expect(() => launch(['--settings', value], folder)).toThrow(words)
  })
})

test("A5 overrides a base URL in the user's own --settings, and the session runs", async () => {
  const folder = temporaryFolder()
  const program = writeFile(
    join(folder, 'claude'),
    `#!${process.execPath}\nconsole.log(await Bun.file(process.argv[3]).text(), process.env.ANTHROPIC_BASE_URL)\n`,
  )
  chmodSync(program, 0o755)
  const mine = writeFile(join(folder, 'mine.json'), { env: { ANTHROPIC_BASE_URL: 'https://other.example' } })
  const args = ['claude', '--simulate', '-p', 'hi', '--settings', mine]
  const { code, out, err } = await startCli(args, { PATH: `${folder}:${process.env['PATH']}` }).ended
  const [settings = '', url] = out.trim().split(' ')
  expect([code, err, JSON.parse(settings)]).toEqual([0, '', { ...defaultSettings, env: { ANTHROPIC_BASE_URL: url } }])
})

describe('A5 doctor explains it for other launches', () => {
  const find = async (settings?: object) => {
    const folder = temporaryFolder()
    if (settings !== undefined) writeFile(join(folder, '.claude', 'settings.json'), settings)
    const { of } = await doctor(['--offline'], {}, folder)
    return [of('claude.web-fetch'), of('claude.web-search')] as const
  }

  test('with the settings to add', async () => {
    const [fetch, search] = await find()
    expect(fetch).toMatchObject({
      status: 'info',
      remedy: expect.stringContaining('{ "skipWebFetchPreflight": true }') as unknown as string,
    })
    expect(search).toMatchObject({
      status: 'info',
      remedy: expect.stringContaining('{ "permissions": { "deny": ["WebSearch"] } }') as unknown as string,
    })
  })

  test('without a remedy if the settings exist', async () => {
    const [fetch, search] = await find(defaultSettings)
    expect([fetch.status, fetch.remedy, search.remedy]).toEqual(['ok', undefined, undefined])
    const [off] = await find({ skipWebFetchPreflight: false })
    expect(off.detail).toContain('skipWebFetchPreflight is off in')
  })
})
