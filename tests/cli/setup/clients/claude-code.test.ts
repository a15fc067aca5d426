import { describe, expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runMain } from '../../../../src/cli/main.ts'
import { startChain } from '../../../support/chain.ts'
import { afterTest } from '../../../support/cleanup.ts'
import { temporaryFolder, testIo } from '../../../support/cli.ts'
import { readJson, writeFile } from '../../../support/files.ts'
import { clientTree, setup, silentUrl, tree } from '../../../support/setup.ts'

const run = async (args: readonly string[], environment: Record<string, string> = {}, text?: unknown) => {
  const folder = temporaryFolder()
  const path = join(folder, '.claude', 'settings.json')
  if (text !== undefined) writeFile(path, text)
  const result = await setup({ folder, environment }, ['claude-code', ...args])
  return { ...result, folder, path }
}

const hosts = '127.0.0.1,localhost,::1'

const environment = {
  ANTHROPIC_BASE_URL: silentUrl,
  ANTHROPIC_DEFAULT_MODEL: 'claude-sonnet-4-6',
  ANTHROPIC_DEFAULT_FABLE_MODEL: 'claude-opus-4-6',
  ANTHROPIC_DEFAULT_OPUS_MODEL: 'claude-opus-4-6',
  ANTHROPIC_DEFAULT_SONNET_MODEL: 'claude-sonnet-4-6',
  ANTHROPIC_DEFAULT_HAIKU_MODEL: 'claude-haiku-4-5',
  ANTHROPIC_SMALL_FAST_MODEL: 'claude-haiku-4-5',
  DISABLE_NON_ESSENTIAL_MODEL_CALLS: '1',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  CLAUDE_CODE_ATTRIBUTION_HEADER: '0',
  NO_PROXY: hosts,
  no_proxy: hosts,
}

const webKeys = { permissions: { deny: ['WebSearch'] }, skipWebFetchPreflight: true }

/** A server with sign-in, as far as setup looks at it. */
const signInServer = (hasSignIn = true): string => {
  const { url } = startChain()
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request) => {
      const { pathname } = new URL(request.url)
      const isMetadata = pathname === '/.well-known/oauth-authorization-server'
      if (isMetadata) return hasSignIn ? Response.json({}) : new Response('', { status: 404 })
      return fetch(`${url}${pathname}`)
    },
  })
  afterTest(() => server.stop(true))
  return String(server.port)
}

describe('Claude Code with an environment', () => {
  test('gets the environment of a launch, and what its web tools need', async () => {
    const { path } = await run(['--yes'])
    expect(readJson(path)).toEqual({ env: { ...environment, ANTHROPIC_AUTH_TOKEN: 'dummy' }, ...webKeys })
  })

  test('changes only its own keys in a file of the user (SU-4)', async () => {
    const text = `{\r\n\t// Mine.\r\n\t"env": {\r\n\t\t"KEEP": "1", // mine\r\n\t},\r\n\t"model": "opus",\r\n}\r\n`
    const { path } = await run(['--yes'], {}, text)
    const added = Object.entries({ ...environment, ANTHROPIC_AUTH_TOKEN: 'dummy' })
    const [proxies, others] = [/no_proxy/i, /^(?!no_proxy)/i].map((names) => added.filter(([name]) => names.test(name)))
    const lines = [...(others ?? []), ...(proxies ?? [])].map(([name, value]) => `\r\n\t\t"${name}": "${value}",`)
    const web =
      '\t"permissions": {\r\n\t\t"deny": [\r\n\t\t\t"WebSearch"\r\n\t\t]\r\n\t},\r\n\t"skipWebFetchPreflight": true,\r\n'
    expect(readFileSync(path, 'utf8')).toBe(
      text.replace('// mine', `// mine${lines.join('')}`).replace('"opus",\r\n', `"opus",\r\n${web}`),
    )
  })

  test('says that Claude Code reads no comments and no trailing commas', async () => {
    for (const [text, isNamed] of [
      ['{ "model": "opus", }', true],
      ['{ "model": "opus" } // mine', true],
      ['{ "model": "opus" }', false],
      ['\uFEFF{}', false],
      ['', false],
    ] as const)
      expect([text, (await run(['--yes'], {}, text)).err.includes('comments or trailing commas')]).toEqual([
        text,
        isNamed,
      ])
  })

  test('with a client token, it runs our command: neither token nor key is written (SU-3)', async () => {
    const { path, folder, out } = await run(['--yes'], { NEXUS_CLIENT_TOKEN: 'my-token', NEXUS_API_KEY: 'my-key' })
    expect(readJson(path)).toEqual({
      env: environment,
      apiKeyHelper: '/usr/local/bin/nexus-claude-api client-token',
      ...webKeys,
    })
    expect(JSON.stringify(clientTree(folder)) + out).not.toMatch(/my-token|my-key/)
  })

  test('with named clients, the server has no token to write', async () => {
    const { code, err } = await run(['--yes'], { NEXUS_CLIENT_TOKENS: `alice:${'a'.repeat(24)}` })
    expect([code, err.includes('Use --sign-in')]).toEqual([2, true])
  })

  test('with sign-in on, the server refuses any token: setup names the ways out', async () => {
    const { code, err } = await run(['--yes'], { NEXUS_SIGN_IN: 'true' })
    expect([code, err.includes('Use --sign-in, or set a client token')]).toEqual([2, true])
  })

  test('NO_PROXY keeps the hosts of the file and of the shell, and the diff says that it hides the shell (SU-CC3)', async () => {
    const { path, err } = await run(['--yes'], { NO_PROXY: 'shell.example' }, { env: { NO_PROXY: 'file.example' } })
    expect(readJson(path)).toMatchObject({ env: { NO_PROXY: `file.example,shell.example,${hosts}` } })
    expect(err).toContain('uses NO_PROXY of this file from now on, not the one of your shell')
  })

  test('names variables of the shell that win over the file, without their values (SU-6)', async () => {
    const shell = { CLAUDE_CODE_USE_BEDROCK: '1', CLAUDE_CODE_USE_VERTEX: '0', ANTHROPIC_AUTH_TOKEN: 'canary' }
    const { err } = await run(['--dry-run'], shell)
    expect(err).toContain('Your shell sets CLAUDE_CODE_USE_BEDROCK. Unset it: it wins over this file')
    const withToken = await run(['--dry-run'], { ...shell, NEXUS_CLIENT_TOKEN: 'canary-token-0123456789' })
    expect(withToken.err).toContain('Your shell sets CLAUDE_CODE_USE_BEDROCK, ANTHROPIC_AUTH_TOKEN. Unset it')
    expect(withToken.err + withToken.out + err).not.toContain('canary')
    const harmless = { ANTHROPIC_API_KEY: 'x', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9', CLAUDE_CODE_USE_GATEWAY: '1' }
    expect((await run(['--dry-run'], harmless)).err).not.toContain('Your shell sets')
  })

  test('removes a key and another provider, and gives them back (SU-6)', async () => {
    const text = { env: { ANTHROPIC_API_KEY: 'sk-mine', CLAUDE_CODE_USE_BEDROCK: '1' }, apiKeyHelper: 'my-helper' }
    const { path, folder, err } = await run(['--yes'], {}, text)
    expect(readJson(path)).toEqual({ env: { ...environment, ANTHROPIC_AUTH_TOKEN: 'dummy' }, ...webKeys })
    for (const name of ['env.ANTHROPIC_API_KEY', 'env.CLAUDE_CODE_USE_BEDROCK', 'apiKeyHelper'])
      expect(err).toContain(`removes: ${name} in `)
    await setup({ folder }, ['claude-code', '--undo', '--yes'])
    expect(readFileSync(path, 'utf8')).toBe(JSON.stringify(text))
  })

  test('keeps rules and preferences of the user', async () => {
    const text = {
      permissions: { allow: ['WebSearch'], deny: ['Bash(rm:*)'] },
      skipWebFetchPreflight: false,
      promptCacheTtl: '5m',
    }
    const { path } = await run(['--yes'], { NEXUS_CACHE_TTL: '1h' }, text)
    expect(readJson(path)).toEqual({
      ...text,
      subagentPromptCacheTtl: '5m',
      env: { ...environment, ANTHROPIC_AUTH_TOKEN: 'dummy' },
    })
  })

  test('adds a rule to the list of the user (SU-6)', async () => {
    const { path } = await run(['--yes'], {}, { permissions: { deny: ['Bash(rm:*)'] } })
    expect(readJson(path)).toMatchObject({ permissions: { deny: ['Bash(rm:*)', 'WebSearch'] } })
  })

  test('with web search on, WebSearch stays', async () => {
    const { path } = await run(['--yes'], { NEXUS_SEARCH: 'searxng', NEXUS_SEARCH_URL: 'http://127.0.0.1:2' })
    expect(readJson(path)).not.toHaveProperty('permissions')
  })

  test('asks for a cache of an hour if the server keeps prompts for one', async () => {
    const { path } = await run(['--yes'], { NEXUS_CACHE_TTL: '1h' })
    expect(readJson(path)).toMatchObject({ promptCacheTtl: '1h', subagentPromptCacheTtl: '5m' })
  })

  test('a stored sign-in to a gateway is refused, with the way out (SU-CC1)', async () => {
    const folder = temporaryFolder()
    const stored = { enterpriseGateway: { url: 'https://other.example', jwt: 'secret-token' } }
    writeFile(join(folder, '.claude', '.credentials.json'), stored)
    const before = clientTree(folder)
    const { code, err } = await setup({ folder }, ['claude-code', '--yes'])
    expect([code, err.includes('/logout'), err.includes('--sign-in'), err.includes('secret-token')]).toEqual([
      ...[2, true, true, false],
    ])
    expect(clientTree(folder)).toEqual(before)
  })

  test('uses the folder of CLAUDE_CONFIG_DIR', async () => {
    const folder = temporaryFolder()
    const other = join(folder, 'other')
    await setup({ folder, environment: { CLAUDE_CONFIG_DIR: other } }, ['claude-code', '--yes'])
    expect(readJson(join(other, 'settings.json'))).toMatchObject({ env: { ANTHROPIC_BASE_URL: silentUrl } })
  })

  test('a relative CLAUDE_CONFIG_DIR leads from the current folder, and an undo from any folder finds it (SU-10)', async () => {
    const folder = temporaryFolder()
    const home = { folder, environment: { CLAUDE_CONFIG_DIR: 'other' } }
    await setup(home, ['claude-code', '--yes'])
    const path = join(folder, 'other', 'settings.json')
    expect(readJson(path)).toMatchObject({ env: { ANTHROPIC_BASE_URL: silentUrl } })
    const io = testIo({ home: folder, environment: { HOME: folder }, currentDirectory: join(folder, '..') })
    expect(await runMain(['setup', 'claude-code', '--undo', '--yes'], io)).toBe(0)
    expect(existsSync(path)).toBe(false)
  })

  test('names a file of the project that wins over the user', async () => {
    const folder = temporaryFolder()
    const project = writeFile(join(folder, '.claude', 'settings.local.json'), {
      env: { ANTHROPIC_BASE_URL: 'https://other.example' },
    })
    const { code, err } = await setup({ folder }, ['claude-code', '--yes'])
    expect([code, err.includes(`${project} sets env.ANTHROPIC_BASE_URL, which wins`)]).toEqual([0, true])
  })
})

/** With settings of an administrator. */
const runManaged = async (managed: object, args: readonly string[] = [], port = '1') => {
  const [folder, claudeManagedFolder] = [temporaryFolder(), temporaryFolder()]
  const path = writeFile(join(claudeManagedFolder, 'managed-settings.d', '10-company.json'), managed)
  const before = tree(claudeManagedFolder)
  let err = ''
  const io = testIo({ home: folder, currentDirectory: folder, environment: { HOME: folder }, claudeManagedFolder })
  const code = await runMain(['setup', 'claude-code', '--yes', '--port', port, ...args], {
    ...io,
    err: (text) => {
      err += text
    },
  })
  expect(tree(claudeManagedFolder)).toEqual(before)
  return { code, err, path, files: clientTree(folder) }
}

describe('settings of an administrator', () => {
  test.each([
    ['env.ANTHROPIC_BASE_URL', { env: { ANTHROPIC_BASE_URL: 'https://other.example' } }, []],
    ['apiKeyHelper', { apiKeyHelper: 'company-helper' }, []],
    ['forceLoginMethod', { forceLoginMethod: 'claudeai' }, ['--sign-in']],
    ['forceLoginGatewayUrl', { forceLoginGatewayUrl: 'https://other.example' }, ['--sign-in']],
    ['env.NO_PROXY', { env: { NO_PROXY: 'corp.example' } }, ['--sign-in']],
  ])('that set %s are named, and setup ends with 2 (SU-14)', async (name, managed, args) => {
    const port = args.length === 0 ? '1' : signInServer()
    const { code, err, path, files } = await runManaged(managed, args, port)
    expect([code, err.includes(`${path} sets ${name}, which wins`), files]).toEqual([2, true, {}])
  })

  test('that agree change nothing (SU-14)', async () => {
    expect((await runManaged({ env: { ANTHROPIC_BASE_URL: silentUrl }, model: 'opus' })).code).toBe(0)
  })
})

describe('Claude Code with sign-in', () => {
  test('gets the address of the sign-in and NO_PROXY (SI-U1)', async () => {
    const port = signInServer()
    const { code, path, err } = await run(['--yes', '--sign-in'], { NEXUS_PORT: port })
    expect(code).toBe(0)
    expect(readJson(path)).toEqual({
      forceLoginMethod: 'gateway',
      forceLoginGatewayUrl: `http://127.0.0.1:${port}`,
      env: { NO_PROXY: hosts, no_proxy: hosts },
      skipWebFetchPreflight: true,
    })
    expect(err).toContain('To check it: claude, then /login')
  })

  test('without a running server, it is refused and names service print (SU-12, SI-U3)', async () => {
    const { code, err, folder } = await run(['--yes', '--sign-in'])
    expect([code, err.includes('service print'), clientTree(folder)]).toEqual([2, true, {}])
  })

  test('a server without sign-in is refused (SI-U3)', async () => {
    const { code, err } = await run(['--yes', '--sign-in'], { NEXUS_PORT: signInServer(false) })
    expect([code, err.includes('runs without sign-in')]).toEqual([2, true])
  })

  test('the two ways replace each other, and an undo gives back the first file (SU-CC2)', async () => {
    const port = signInServer()
    const folder = temporaryFolder()
    const path = writeFile(join(folder, '.claude', 'settings.json'), '{ "env": { "KEEP": "1" } }\n')
    const set = (...args: string[]) =>
      setup({ folder, environment: { NEXUS_PORT: port } }, ['claude-code', '--yes', ...args])
    await set()
    await set('--sign-in')
    expect(readJson(path)).toEqual({
      env: { KEEP: '1', NO_PROXY: hosts, no_proxy: hosts },
      forceLoginMethod: 'gateway',
      forceLoginGatewayUrl: `http://127.0.0.1:${port}`,
      skipWebFetchPreflight: true,
    })
    await set()
    expect(readJson(path)).toMatchObject({ env: { ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` } })
    expect(readJson(path)).not.toHaveProperty('forceLoginMethod')
    await set('--undo')
    expect(readFileSync(path, 'utf8')).toBe('{ "env": { "KEEP": "1" } }\n')
  })

  test('an undo says that the sign-in stays until /logout (SI-U4)', async () => {
    const port = signInServer()
    const { folder } = await run(['--yes', '--sign-in'], { NEXUS_PORT: port })
    const { code, err } = await setup({ folder }, ['claude-code', '--undo', '--yes'])
    expect([code, err.includes('stays until you run /logout'), clientTree(folder)]).toEqual([0, true, {}])
  })
})
