import { describe, expect, test } from 'bun:test'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { request, simulate } from '../../support/chain.ts'
import { type CliOptions, type CliResult, cli, startCli, temporaryFolder } from '../../support/cli.ts'
import { waitUntil } from '../../support/wait-until.ts'

/** A program that prints the key: apiKeyCommand in a file, NEXUS_API_KEY_COMMAND in the environment. */

const key = 'HELPERKEY-0123456789'
const other = 'OTHERKEY-0123456789'

/** A real program, and its folder. */
const helper = (script: string): { folder: string; path: string } => {
  const folder = temporaryFolder()
  const path = join(folder, 'print-key')
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o700 })
  return { folder, path }
}

const config = (folder: string, value: object): string => {
  const path = join(folder, 'c.json')
  writeFileSync(path, JSON.stringify(value), { mode: 0o600 })
  return path
}

const PATH = process.env['PATH'] ?? ''

/** `config get apiKey` with a helper in the file. */
const get = (
  command: unknown,
  environment: Record<string, string> = {},
  world: CliOptions = {},
): Promise<CliResult> => {
  const folder = temporaryFolder()
  const path = config(folder, { apiKeyCommand: command })
  return cli(['config', 'get', 'apiKey', '--config', path], { PATH, ...environment }, folder, world)
}

const masked = (text: string): string => `${text.slice(0, 4)}…(${text.length} characters)\n`

describe('the command', () => {
  test('is a list of arguments, without a shell', async () => {
    const { path, folder } = helper('printf "%s" "$2" > "$0.seen"; echo "  $1  "; echo')
    expect((await get([path, key, '$(id); * "a b"'])).out).toBe(masked(key))
    expect(readFileSync(join(folder, 'print-key.seen'), 'utf8')).toBe('$(id); * "a b"')
  })

  test('runs a shell only by its name', async () => {
    expect((await get(['/bin/sh', '-c', `printf '%s\\n' ${key} more | head -n 1`])).out).toBe(masked(key))
  })

  test('is one text in a variable, split at blanks, or a list in JSON', async () => {
    for (const command of [`echo  ${key} `, `["echo", "${key}"]`, `["/bin/sh", "-c", "echo ${key}"]`]) {
      const { out } = await cli(['config', 'get', 'apiKey'], { PATH, NEXUS_API_KEY_COMMAND: command })
      expect(out).toBe(masked(key))
    }
    expect((await get(`echo ${key}`)).out).toBe(masked(key))
  })

  test.each([
    [
      `echo "${key}"`,
      'NEXUS_API_KEY_COMMAND contains a quote, which has no meaning here. Write it as a JSON list of strings.',
    ],
    ['["echo"', 'NEXUS_API_KEY_COMMAND must be a program with its arguments, as a list of strings.'],
    ['[]', 'NEXUS_API_KEY_COMMAND must be a program with its arguments, as a list of strings.'],
    ['["echo", 1]', 'NEXUS_API_KEY_COMMAND must be a program with its arguments, as a list of strings.'],
  ])('%p is refused', async (command, message) => {
    const { code, err } = await cli(['start', '--dry-run'], { NEXUS_API_KEY_COMMAND: command })
    expect([code, err]).toEqual([2, `error: ${message}\n`])
  })

  test('gets the environment without our secrets and their locations', async () => {
    const { path, folder } = helper(`env > "$0.env"; echo ${key}`)
    const secrets = { NEXUS_CLIENT_TOKEN: 'token-0123456789', NEXUS_API_KEY: other, AWS_BEARER_TOKEN_BEDROCK: other }
    await get([path], { ...secrets, VAULT_ADDR: 'https://vault.example' })
    const seen = readFileSync(join(folder, 'print-key.env'), 'utf8')
    expect(seen).toContain('VAULT_ADDR=https://vault.example')
    expect(seen).not.toMatch(/NEXUS_|AWS_BEARER|0123456789/)
  })
})

test('a helper that leaves another program running returns its key', async () => {
  const { path } = helper(`sleep 5 & echo ${key}`)
  expect((await get([path], {}, { times: { helperMs: 4000 } })).out).toBe(masked(key))
})

describe('a helper that fails', () => {
  test.each([
    ['exit 3', /ended with exit code 3\. Run it by hand to see why\./],
    [`echo ${key}; exit 1`, /ended with exit code 1\./],
    [`echo ${key} >&2; exit 1`, /ended with exit code 1\./],
    ['true', /printed nothing\. It must print only the key\./],
    [`echo ${key}; echo ${key}`, /printed more than one line\./],
    [`yes ${key}`, /printed far more than a key\./],
    [`echo '{"key": "${key}"} x'`, /^error: The output of apiKeyCommand in \S+ contains a space/],
  ])('%p ends start with 2, and its output is never shown', async (script, message) => {
    const { path, folder } = helper(script)
    const file = config(folder, { apiKeyCommand: [path] })
    for (const command of [
      ['start'],
      ['start', '--dry-run'],
      ['claude'],
      ['doctor', '--offline', '--json'],
      ['config', 'show'],
    ]) {
      const { code, out, err } = await cli([...command, '--config', file], { PATH }, folder)
      if (command[0] === 'start') expect([code, err]).toEqual([2, expect.stringMatching(message) as never])
      if (command[0] === 'start' && !err.includes('The output of'))
        expect(err).toContain(`The key helper print-key (apiKeyCommand in ${file})`)
      expect(out + err).not.toContain(key)
    }
  })

  test('is killed if it does not answer', async () => {
    const { path } = helper('exec sleep 60')
    const { code, err } = await get([path], {}, { times: { helperMs: 100 } })
    expect([code, err]).toEqual([2, expect.stringContaining('did not finish within 0.1 s.') as never])
  })

  test.each(['no-such-program', `${key}`])(
    '%p, which is not a program, is named only if it is not a key',
    async (program) => {
      const { code, err } = await get([program])
      expect([code, err]).toEqual([
        2,
        expect.stringContaining('cannot be started (ENOENT). Check that it is installed and on PATH.') as never,
      ])
      expect(err.includes(program)).toBe(program === 'no-such-program')
    },
  )

  test('does not run if another key wins, or no key is needed', async () => {
    const { path, folder } = helper(`touch "$0.ran"; echo ${key}`)
    const file = config(folder, { apiKeyCommand: [path], port: 4999 })
    for (const args of [
      ['start', '--dry-run', '--api-key', other],
      ['start', '--dry-run', '--simulate'],
      ['env'],
      ['service', 'print', 'systemd'],
    ])
      expect((await cli([...args, '--config', file], { PATH }, folder)).code).toBe(0)
    expect(existsSync(join(folder, 'print-key.ran'))).toBe(false)
  })

  test('does not run from the configuration file of a folder', async () => {
    const { path, folder } = helper(`touch "$0.ran"; echo ${key}`)
    writeFileSync(join(folder, 'nexus-claude-api.local.json'), JSON.stringify({ apiKeyCommand: [path] }))
    const { code, err } = await cli(['start', '--dry-run', '--dev'], { PATH }, folder)
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('is not run: only your own file may name a program.') as never,
    ])
    expect(existsSync(join(folder, 'print-key.ran'))).toBe(false)
    const named = ['start', '--dry-run', '--config', join(folder, 'nexus-claude-api.local.json')]
    expect((await cli(named, { PATH }, folder)).code).toBe(0)
  })

  test('does not run from there to search the web either (WS-43)', async () => {
    const folder = temporaryFolder()
    const local = join(folder, 'nexus-claude-api.local.json')
    writeFileSync(local, JSON.stringify({ search: { provider: 'command', command: ['./search'] } }))
    const { code, err } = await cli(['start', '--dry-run', '--simulate', '--dev'], { PATH }, folder)
    expect([code, err]).toEqual([
      2,
      expect.stringContaining(`search.command in ${local} is not run: only your own file may name a program.`) as never,
    ])
  })

  test('is named by doctor, with a remedy', async () => {
    const { path, folder } = helper('exit 3')
    const file = config(folder, { apiKeyCommand: [path] })
    const { code, out } = await cli(['doctor', '--offline', '--json', '--config', file], { PATH }, folder)
    const check = JSON.parse(out).checks.find(({ id }: { id: string }) => id === 'config')
    expect([code, check]).toEqual([
      1,
      {
        id: 'config',
        title: 'Configuration',
        status: 'fail',
        detail: `The key helper print-key (apiKeyCommand in ${file}) ended with exit code 3.`,
        remedy: 'Run it by hand to see why.',
      },
    ])
  })
})

test.each<[object, Record<string, string>, string]>([
  [{ apiKey: 'filekey-0123456789', apiKeyCommand: ['echo', key] }, {}, 'filekey-0123456789'],
  [{ apiKeyCommand: ['echo', key] }, { NEXUS_API_KEY: other }, key],
  [{}, { NEXUS_API_KEY: other, NEXUS_API_KEY_COMMAND: `echo ${key}` }, other],
  [{}, { NEXUS_API_KEY_COMMAND: `echo ${key}`, AWS_BEARER_TOKEN_BEDROCK: other }, key],
])('it loses against plain values of the same source: %p, %p', async (file, environment, expected) => {
  const folder = temporaryFolder()
  const path = config(folder, file)
  const { out } = await cli(['config', 'get', 'apiKey', '--config', path], { PATH, ...environment }, folder)
  expect(out).toBe(masked(expected))
})

test('config show and start print the source of the key, without arguments of the command', async () => {
  const folder = temporaryFolder()
  const path = config(folder, { apiKeyCommand: ['echo', key] })
  const { out } = await cli(['config', 'show', '--config', path], { PATH }, folder)
  expect(out).toMatch(/apiKey +HELP…\(20 characters\) +apiKeyCommand \(/)
  expect(out).toMatch(/apiKeyCommand +echo \(1 argument\) +/)
  expect(out).not.toContain(key)
})

test('config set stores it as a list', async () => {
  const folder = temporaryFolder()
  const path = config(folder, {})
  await cli(['config', 'set', 'apiKeyCommand', 'pass show nexus', '--config', path], {}, folder)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ apiKeyCommand: ['pass', 'show', 'nexus'] })
})

test('service print warns about a program that the service will not find', async () => {
  const folder = temporaryFolder()
  const path = config(folder, { apiKeyCommand: ['pass', 'show', 'nexus'] })
  const inFile = await cli(['service', 'print', 'systemd', '--config', path], {}, folder)
  expect(inFile.err).toContain(`apiKeyCommand in ${path} names a program without its full path`)
  // The service tries a program again that is not ready yet.
  expect(inFile.out).not.toContain('RestartPreventExitStatus')
  const { err } = await cli(
    ['service', 'print', 'systemd'],
    { NEXUS_API_KEY_COMMAND: '/usr/bin/pass show nexus' },
    folder,
  )
  expect(err).toContain('Store it: nexus-claude-api config set apiKeyCommand')
})

test('a running server runs it again when the key is refused, and resends the request', async () => {
  const { folder, path } = helper(`echo x >> "$0.runs"; cat "$0.key"`)
  const present = (text: string): void => writeFileSync(`${path}.key`, text)
  const runs = (): number => readFileSync(`${path}.runs`, 'utf8').length / 2
  present(key)
  const simulator = simulate({ apiKey: other })
  const file = config(folder, { apiKeyCommand: [path] })
  const server = startCli([
    'start',
    '--port',
    '0',
    '--config',
    file,
    '--endpoint-url',
    simulator.url,
    '--log-format',
    'json',
  ])
  const [, address = ''] = await server.says(/(http:\/\/127\.0\.0\.1:\d+)/)
  const post = (): Promise<Response> =>
    fetch(`${address}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request()),
    })
  present(other)
  expect(runs()).toBe(1)
  const answers = await Promise.all([post(), post(), post()])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  await waitUntil(() => runs() >= 2)
  expect(runs()).toBe(2)
  expect((await post()).status).toBe(200)
  server.kill('SIGTERM')
  const { err } = await server.ended
  expect(runs()).toBe(2)
  expect(err).toContain('"event":"key.helper_ran"')
  expect(err).not.toContain(other)
}, 20_000)
