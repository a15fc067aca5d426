import { describe, expect, test } from 'bun:test'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { findClaude } from '../../../src/cli/claude-code/claude-program.ts'
import { readClaudeSettings, settingsVariables } from '../../../src/cli/claude-code/claude-settings.ts'
import { settingsFiles } from '../../../src/cli/claude-code/settings-files.ts'
import { newestTestedClaude, testedClaudeVersions } from '../../../src/cli/claude-code/tested-versions.ts'
import { outputOf } from '../../../src/cli/system/run-program.ts'
import type { Machine } from '../../../src/config/paths.ts'
import { version } from '../../../src/version.ts'
import { found, key } from '../../support/canary.ts'
import { startChain } from '../../support/chain.ts'
import { later } from '../../support/cleanup.ts'
import { entry, temporaryFolder } from '../../support/cli.ts'
import { doctor, withClaude } from '../../support/doctor.ts'

const machineAt = (folder: string, environment: Machine['environment'] = {}, platform = 'linux'): Machine => ({
  platform,
  home: folder,
  currentDirectory: join(folder, 'project'),
  environment,
})

const write = (path: string, value: unknown): string => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
  return path
}

const makeProgram = (path: string): string => {
  write(path, '#!/bin/sh\n')
  chmodSync(path, 0o755)
  return path
}

describe('the claude that is found', () => {
  test('is the first on PATH, then the one that its installer left', () => {
    const folder = temporaryFolder()
    const [first, second] = ['a', 'b'].map((name) => join(folder, name)) as [string, string]
    expect(findClaude(machineAt(folder, { PATH: `${first}:${second}` }))).toBeUndefined()
    const old = makeProgram(join(folder, '.claude', 'local', 'claude'))
    expect(findClaude(machineAt(folder))).toEqual({ path: old })
    const installed = makeProgram(join(folder, '.local', 'bin', 'claude'))
    expect(findClaude(machineAt(folder))).toEqual({ path: installed })
    const onPath = makeProgram(join(second, 'claude'))
    expect(findClaude(machineAt(folder, { PATH: `${first}:${second}` }))).toEqual({ path: onPath })
  })

  test('is a program that may be run, and none of whatever folder one stands in', () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'a', 'claude'), { recursive: true })
    write(join(folder, 'b', 'claude'), 'no program')
    makeProgram(join(folder, 'project', 'claude'))
    expect(findClaude(machineAt(folder, { PATH: `${folder}/a:${folder}/b:.::project` }))).toBeUndefined()
  })

  test('on Windows has one of the endings of PATHEXT, in a variable of any case', () => {
    const windows = { platform: 'win32', home: String.raw`C:\Users\anna`, currentDirectory: 'C:\\' }
    const there = (path: string) => (candidate: string) => candidate === path
    const environment = { Path: String.raw`C:\tools;"C:\Program Files\nodejs"`, PATHEXT: '.COM;.EXE;.CMD' }
    for (const path of [
      String.raw`C:\tools\claude.exe`,
      String.raw`C:\Program Files\nodejs\claude.cmd`,
      String.raw`C:\Users\anna\.local\bin\claude.exe`,
    ])
      expect(findClaude({ ...windows, environment }, there(path))).toEqual({ path })
    const bare = { ...windows, environment: {} }
    expect(findClaude(bare, there(String.raw`C:\Users\anna\.local\bin\claude.cmd`))?.path).toEndWith('claude.cmd')
    expect(findClaude(bare, there(String.raw`C:\Users\anna\.local\bin\claude`))).toBeUndefined()
  })

  test('tells its version, or how to get one', async () => {
    const { PATH, program } = withClaude()
    expect((await doctor(['--offline'], { PATH })).of('claude.program')).toEqual({
      id: 'claude.program',
      title: 'Program',
      status: 'ok',
      detail: `2.1.329 (${program})`,
      data: { path: program, version: '2.1.329', newestTested: newestTestedClaude },
    })
    expect((await doctor(['--offline'])).of('claude.program')).toMatchObject({
      status: 'warn',
      remedy: expect.stringContaining('curl -fsSL https://claude.ai/install.sh | bash'),
    })
    expect((await doctor(['--offline'], withClaude('exit 3'))).of('claude.program')).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('does not tell its version'),
    })
  })
})

test('a Claude Code that is newer or older than the tested versions is named', async () => {
  const program = async (version: string) =>
    (await doctor(['--offline'], withClaude(`echo "${version} (Claude Code)"`))).of('claude.program')
  expect(await program('99.0.0')).toMatchObject({
    status: 'info',
    detail: expect.stringContaining(`newer than ${newestTestedClaude}, the newest version that was tested`),
  })
  expect(await program('2.1.100')).toMatchObject({
    status: 'warn',
    detail: expect.stringContaining(`older than ${testedClaudeVersions[0]}`),
    remedy: 'Update it: claude update',
  })
  expect((await program(newestTestedClaude)).status).toBe('ok')
})

describe('what a program prints', () => {
  const printed = (path: string, deadlineMs = 5000): Promise<string | undefined> =>
    outputOf([path, '--version'], { environment: {}, deadlineMs })
  const script = (name: string, text: string): string => {
    const path = write(join(temporaryFolder(), name), `#!/bin/sh\n${text}\n`)
    chmodSync(path, 0o755)
    return path
  }

  test('also where its path holds what a shell would read', async () => {
    expect(await printed(script('R&D (x86) %PATH% ^/claude', 'echo "1.2.3 $1"'))).toBe('1.2.3 --version\n')
  })

  test('is nothing where it fails, is not there, or does not end', async () => {
    expect(await printed(script('fails', 'echo 1; exit 3'))).toBeUndefined()
    expect(await printed('/nowhere/claude')).toBeUndefined()
    const half = makeProgram(join(temporaryFolder(), 'half'))
    writeFileSync(half, '\u007fELF')
    expect(await printed(half)).toBeUndefined()
    expect(await printed(script('hangs', 'echo 1; sleep 2 & wait'), 100)).toBeUndefined()
  })
})

describe("Claude Code's own settings", () => {
  const launch = {
    set: {
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:4141',
      ANTHROPIC_AUTH_TOKEN: 'dummy',
      NO_PROXY: '127.0.0.1,localhost',
    },
    unset: ['ANTHROPIC_API_KEY'],
  }
  const overridesAt = (machine: Machine): string[] =>
    readClaudeSettings(machine, launch).overrides.map(({ path, name }) => `${name} ${path}`)

  test('that go before the launch command, strongest first, and no others', () => {
    const folder = temporaryFolder()
    const own = write(join(folder, '.claude', 'settings.json'), {
      env: {
        ANTHROPIC_BASE_URL: 'https://elsewhere.example',
        ANTHROPIC_AUTH_TOKEN: 'dummy',
        CLAUDE_CODE_USE_VERTEX: '0',
        CLAUDE_CODE_USE_BEDROCK: '1',
        NO_PROXY: 'localhost, 127.0.0.1, .corp',
        EDITOR: 'vi',
      },
      apiKeyHelper: '/bin/key',
      model: 'opus',
      permissions: {},
    })
    const local = write(join(folder, 'project', '.claude', 'settings.local.json'), {
      env: { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: 'http://localhost:4141/' },
    })
    const project = write(join(folder, 'project', '.claude', 'settings.json'), { env: { NO_PROXY: '.corp' } })
    expect(overridesAt(machineAt(folder))).toEqual([
      `env.ANTHROPIC_API_KEY ${local}`,
      `env.NO_PROXY ${project}`,
      `env.ANTHROPIC_BASE_URL ${own}`,
      `env.CLAUDE_CODE_USE_BEDROCK ${own}`,
      `apiKeyHelper ${own}`,
    ])
  })

  test('CLAUDE_CONFIG_DIR names another folder', () => {
    const folder = temporaryFolder()
    write(join(folder, '.claude', 'settings.json'), { forceLoginMethod: 'console' })
    const other = write(join(folder, 'other', 'settings.json'), { forceLoginMethod: 'console' })
    expect(overridesAt(machineAt(folder, { CLAUDE_CONFIG_DIR: join(folder, 'other') }))).toEqual([
      `forceLoginMethod ${other}`,
    ])
  })

  test.each(['{', '[]', '"x"', 'null'])('%s is a file that Claude Code cannot read either', (text) => {
    const folder = temporaryFolder()
    const path = write(join(folder, '.claude', 'settings.json'), text)
    expect(readClaudeSettings(machineAt(folder), launch)).toEqual({ files: [path], unreadable: [path], overrides: [] })
  })

  test('a value that is none of a variable is passed over', async () => {
    const folder = temporaryFolder()
    const path = write(join(folder, '.claude', 'settings.json'), {
      env: { ANTHROPIC_MODEL: { toString: 1 }, ANTHROPIC_BASE_URL: ['x'], CLAUDE_CODE_USE_BEDROCK: 1 },
    })
    const { of } = await doctor(['--offline'], {}, folder)
    expect(of('claude.settings')).toMatchObject({ status: 'fail', detail: `env.CLAUDE_CODE_USE_BEDROCK in ${path}` })
    expect(settingsVariables(settingsFiles(machineAt(folder)))).toEqual([
      { name: 'CLAUDE_CODE_USE_BEDROCK', value: '1', path, isManaged: false },
    ])
  })

  test('doctor names them, and none of their values', async () => {
    const folder = temporaryFolder()
    const path = write(join(folder, '.claude', 'settings.json'), {
      env: { ANTHROPIC_BASE_URL: `https://${key}.example`, ANTHROPIC_AUTH_TOKEN: key },
      apiKeyHelper: `echo ${key}`,
    })
    const { code, of, said } = await doctor(['--offline'], { NEXUS_API_KEY: 'another-key-0123' }, folder)
    expect(code).toBe(1)
    expect(of('claude.settings')).toEqual({
      id: 'claude.settings',
      title: 'Settings files',
      status: 'fail',
      detail: [
        `env.ANTHROPIC_BASE_URL in ${path}`,
        `env.ANTHROPIC_AUTH_TOKEN in ${path}`,
        `apiKeyHelper in ${path}`,
      ].join('\n'),
      remedy:
        'These go before what Claude Code is launched with. Take them out of the file, or start Claude Code with nexus-claude-api claude, which overrules them.',
      data: {
        files: path,
        overrides: `env.ANTHROPIC_BASE_URL in ${path}, env.ANTHROPIC_AUTH_TOKEN in ${path}, apiKeyHelper in ${path}`,
      },
    })
    expect(found(said)).toEqual([])
  })
})

describe('the remedy for settings that go before the launch', () => {
  const remedyFor = async (env: Record<string, string>): Promise<string | undefined> => {
    const folder = temporaryFolder()
    write(join(folder, '.claude', 'settings.json'), { env })
    return (await doctor(['--offline'], {}, folder)).of('claude.settings')?.remedy
  }

  test('A3 names the models, which claude leaves to the user', async () => {
    const models = { ANTHROPIC_DEFAULT_SONNET_MODEL: 'gone', ANTHROPIC_SMALL_FAST_MODEL: 'gone' }
    expect(await remedyFor({ ANTHROPIC_BASE_URL: 'https://elsewhere.example', ...models })).toBe(
      'These go before what Claude Code is launched with. Take them out of the file. nexus-claude-api claude overrules them, except env.ANTHROPIC_DEFAULT_SONNET_MODEL, env.ANTHROPIC_SMALL_FAST_MODEL.',
    )
  })

  test('names no exception where claude overrules all of them', async () => {
    expect(await remedyFor({ ANTHROPIC_BASE_URL: 'https://elsewhere.example' })).toEndWith('which overrules them.')
  })
})

describe('the check of auto mode (A1)', () => {
  const checkOf = async (environment: Record<string, string> = {}, folder?: string) =>
    (await doctor(['--offline'], environment, folder)).of('claude.auto-mode')
  const withVariable = (value: string): { folder: string; path: string } => {
    const folder = temporaryFolder()
    const env = { CLAUDE_CODE_AUTO_MODE_SERVER: value }
    return { folder, path: write(join(folder, '.claude', 'settings.json'), { env }) }
  }

  test('is by this server, with the small model', async () => {
    expect(await checkOf()).toMatchObject({
      status: 'ok',
      detail: 'this server checks actions, with claude-haiku-4-5 (translation.safeguards)',
      data: { check: 'server' },
    })
  })

  test("is the client's own where the launch, the environment or a settings file says so", async () => {
    expect(await checkOf({ NEXUS_SAFEGUARDS: 'client' })).toMatchObject({
      status: 'info',
      detail: expect.stringContaining('off in the launch command'),
      data: { check: 'client' },
    })
    expect((await checkOf({ CLAUDE_CODE_AUTO_MODE_SERVER: '0' })).detail).toEndWith('is off in the environment')
    const { folder, path } = withVariable('0')
    expect((await checkOf({}, folder)).detail).toEndWith(`is off in ${path}`)
  })

  test('is missing where nothing answers the client', async () => {
    const off = await checkOf({ NEXUS_SAFEGUARDS: 'off' })
    expect(off).toMatchObject({ status: 'warn', data: { check: 'none' } })
    expect(off.remedy).toContain('Set translation.safeguards to answer')
    const { folder } = withVariable('1')
    const forced = await checkOf({ NEXUS_SAFEGUARDS: 'client' }, folder)
    expect(forced).toMatchObject({ status: 'warn', data: { check: 'none' } })
    expect(forced.remedy).toStartWith('Remove CLAUDE_CODE_AUTO_MODE_SERVER')
  })
})

test('a folder that was deleted under one keeps no command from its work', async () => {
  const home = temporaryFolder()
  const gone = join(home, 'gone')
  mkdirSync(gone)
  const script = 'rmdir "$PWD" && exec "$@"'
  const program = [process.execPath, entry, 'doctor', '--offline', '--simulate', '--port', '0', '--json']
  const child = Bun.spawn(['/bin/sh', '-c', script, 'sh', ...program], {
    cwd: gone,
    env: { HOME: home, PATH: '/usr/bin:/bin' },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  expect([await child.exited, err]).toEqual([0, 'Nothing is sent: this tells only what this machine knows.\n'])
  expect(JSON.parse(out)).toMatchObject({ ok: true })
})

describe('the environment', () => {
  test('another service is told of: a start of another kind would go there', async () => {
    const { of } = await doctor(['--offline'], { CLAUDE_CODE_USE_BEDROCK: '1', ANTHROPIC_API_KEY: key })
    expect(of('claude.environment')).toMatchObject({
      status: 'info',
      remedy: expect.stringContaining('unset CLAUDE_CODE_USE_BEDROCK'),
    })
  })

  test("Anthropic's own key does no harm", async () => {
    const { of, said } = await doctor(['--offline'], { ANTHROPIC_API_KEY: key, CLAUDE_CODE_USE_VERTEX: 'false' })
    expect(of('claude.environment').status).toBe('info')
    expect(found(said)).toEqual([])
  })
})

describe('the port', () => {
  const taken = async (): Promise<number> => {
    const server = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    later(() => void server.close())
    const address = server.address()
    return typeof address === 'object' ? (address?.port ?? 0) : 0
  }
  const portOf = async (port: number, ...more: string[]) =>
    (await doctor(['--offline', '--port', String(port), ...more])).of('port')

  test('is taken by another program', async () => {
    const port = await taken()
    expect(await portOf(port)).toMatchObject({
      status: 'fail',
      detail: `${port} on 127.0.0.1 is taken by another program`,
      remedy: expect.stringMatching(/^Choose another port with --port/),
    })
  })

  test('is taken by one of us, which is fine', async () => {
    const port = Number(new URL(startChain().url).port)
    expect(await portOf(port)).toMatchObject({ status: 'ok', data: { port, version, pid: process.pid } })
  })

  test('is free, and stays so', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    await new Promise((resolve) => server.close(resolve))
    for (const _ of ['once', 'again']) expect(await portOf(port)).toMatchObject({ status: 'ok', data: { port } })
  })

  test('is on an address that is not of this machine', async () => {
    // Set aside for documentation: nobody has it.
    expect(await portOf(4141, '--host', '192.0.2.1')).toMatchObject({
      status: 'fail',
      remedy: expect.stringContaining('Is --host an address of this machine?'),
    })
  })
})
