import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { cli, temporaryFolder } from '../../support/cli.ts'
import { printing, runWithClient, stubClient } from '../../support/client-stub.ts'
import { writeFile } from '../../support/files.ts'

/** What the options of `-c` set. */
const settingsOf = (args: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    args.flatMap((word, index) => (args[index - 1] === '-c' ? [word.split(/=(.*)/s).slice(0, 2)] : [])),
  )

/** Sends one request as Codex does, and prints the answer's status with and without the token. */
const asking = `
const given = process.argv.slice(2)
const base = given.find((word) => word.startsWith('model_providers.nexus.base_url=')).split('=')[1]
const ask = (headers) =>
  fetch(base + '/responses', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'claude-sonnet-4-6', input: 'Hello' }),
  })
const right = await ask({ authorization: 'Bearer ' + process.env.NEXUS_CLIENT_TOKEN })
const wrong = await ask({})
console.log(JSON.stringify({ args: given, env: process.env, base, statuses: [right.status, wrong.status] }))
process.exit(7)
`

describe('codex', () => {
  test('runs Codex with its own server and a new token, and exits with its exit code (OE-K2)', async () => {
    const args = ['codex', '--simulate', '--model', 'opus', 'exec', '--model', 'x y']
    const { code, out, err } = await runWithClient(args, stubClient('codex', asking), {
      NEXUS_API_KEY: 'canary-key-0123456789',
      NEXUS_PORT: '1',
      NEXUS_HOST: '0.0.0.0',
      NEXUS_CLIENT_TOKEN: 'canary-token-0123456789',
      NEXUS_OPENAI_API: 'false',
      NO_PROXY: 'corp.example',
    })
    expect([code, err]).toEqual([7, ''])
    const { args: given, env, base, statuses } = JSON.parse(out)
    expect(statuses).toEqual([200, 401])
    expect(base).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/)
    expect(given.slice(-3)).toEqual(['exec', '--model', 'x y'])
    expect(settingsOf(given)).toEqual({
      model_provider: 'nexus',
      model: 'claude-opus-4-6',
      web_search: 'disabled',
      check_for_update_on_startup: 'false',
      'analytics.enabled': 'false',
      'model_providers.nexus.name': 'nexus-claude-api',
      'model_providers.nexus.base_url': base,
      'model_providers.nexus.wire_api': 'responses',
      'model_providers.nexus.env_key': 'NEXUS_CLIENT_TOKEN',
      'model_providers.nexus.model_catalog_url': `${base}/models`,
      'model_providers.nexus.stream_idle_timeout_ms': '600000',
    })
    expect(env.NEXUS_CLIENT_TOKEN).toMatch(/^[\w-]{43}$/)
    expect([env.NO_PROXY, env.no_proxy]).toEqual(Array(2).fill('corp.example,127.0.0.1,localhost,::1'))
    expect(out).not.toContain('canary')
    expect(given.join(' ')).not.toContain(env.NEXUS_CLIENT_TOKEN)
    expect(fetch(base)).rejects.toThrow()
  })

  const chosenBy = async (file: string, flags: readonly string[] = [], own: Record<string, string> = {}) => {
    const home = temporaryFolder()
    writeFile(join(home, 'config.toml'), file)
    const environment = { CODEX_HOME: home, ...own }
    const { out } = await runWithClient(['codex', '--simulate', ...flags], stubClient('codex', printing), environment)
    const { args, env } = JSON.parse(out)
    expect(env.CODEX_HOME).toBe(home)
    return settingsOf(args)
  }

  test("a Claude model and preferences of the user's own file stay (OE-K2)", async () => {
    const file = 'model = "claude-opus-4.6"\nweb_search = "live"\n[analytics]\nenabled = true\n'
    const kept = await chosenBy(file)
    expect(Object.keys(kept)).not.toContain('model')
    expect(Object.keys(kept)).not.toContain('web_search')
    expect(Object.keys(kept)).not.toContain('analytics.enabled')
    expect((await chosenBy(file, ['--model', 'haiku']))['model']).toBe('claude-haiku-4-5')
    expect((await chosenBy('model = "gpt-6-sol"\n'))['model']).toBe('claude-sonnet-4-6')
    expect((await chosenBy('model = = broken'))['model']).toBe('claude-sonnet-4-6')
  })

  test('an upstream of Anthropic keeps the web search, and needs a key of the server', async () => {
    const folder = stubClient('codex', printing)
    const given = ['codex', '--upstream', 'anthropic']
    const { out } = await runWithClient(given, folder, { ANTHROPIC_API_KEY: 'canary-key-0123456789' })
    expect(Object.keys(settingsOf(JSON.parse(out).args))).not.toContain('web_search')
    expect(out).not.toContain('canary')
    const { code, err } = await runWithClient(given, folder)
    expect([code, err]).toEqual([2, expect.stringContaining('nexus-claude-api codex --upstream anthropic --simulate')])
  })

  test('a server that searches lets Codex search the live web, unless the user has chosen (OE-K2, WS-3)', async () => {
    const search = { NEXUS_SEARCH: 'searxng', NEXUS_SEARCH_URL: 'http://127.0.0.1:9' }
    expect((await chosenBy('', [], search))['web_search']).toBe('live')
    expect(Object.keys(await chosenBy('web_search = "cached"\n', [], search))).not.toContain('web_search')
  })

  test('fails without Codex, and prints how to install it', async () => {
    const { code, out, err } = await cli(['codex', '--simulate'], { PATH: temporaryFolder() })
    expect([code, out]).toEqual([2, ''])
    expect(err).toBe(
      'error: Codex was not found: codex is not on PATH. Install it, and try again:\n  npm install -g @openai/codex\n',
    )
  })

  test('fails without a key', async () => {
    const { code, err } = await cli(['codex'], { PATH: stubClient('codex', '') })
    expect([code, err]).toEqual([2, expect.stringContaining('nexus-claude-api codex --simulate') as never])
  })
})

describe('start --codex', () => {
  const start = (...flags: readonly string[]) => cli(['start', '--dry-run', '--simulate', '--codex', ...flags])

  test.each([
    ['bash', /^env NEXUS_CLIENT_TOKEN='t' NO_PROXY='\S+' no_proxy='\S+' codex -c model_provider=nexus -c /],
    ['fish', /^env NEXUS_CLIENT_TOKEN='t' NO_PROXY='\S+' no_proxy='\S+' codex -c model_provider=nexus -c /],
    ['powershell', /^\$env:NEXUS_CLIENT_TOKEN='t'; \$env:NO_PROXY='\S+'; .+; codex -c model_provider=nexus -c /],
    ['cmd', /^set "NEXUS_CLIENT_TOKEN=t" && set "NO_PROXY=\S+" && codex -c model_provider=nexus -c /],
  ])('prints one command for %s, and nothing else (OE-K2)', async (shell, line) => {
    const { code, out } = await start('--client-token', 't', '--port', '5000', '--shell', shell)
    expect([code, out.split('\n').length]).toEqual([0, 2])
    expect(out).toMatch(line)
    expect(out).toContain('-c model_providers.nexus.base_url=http://127.0.0.1:5000/v1 ')
  })

  test('fails while the OpenAI API is off', async () => {
    const { code, err } = await start('--no-openai-api')
    expect([code, err]).toEqual([2, expect.stringContaining('which is off (--no-openai-api)') as never])
  })
})

describe('env --client codex', () => {
  test('prints the variables, and the lines that Codex reads from its file (OE-K2)', async () => {
    const home = temporaryFolder()
    const env = () => cli(['env', '--client', 'codex', '--shell', 'dotenv', '--port', '5000'], {}, home)
    const { code, out, err } = await env()
    expect([code, out]).toEqual([
      0,
      'NEXUS_CLIENT_TOKEN=dummy\nNO_PROXY=127.0.0.1,localhost,::1\nno_proxy=127.0.0.1,localhost,::1\n',
    ])
    const [words, ...lines] = err.trimEnd().split('\n')
    expect(words).toBe('Codex also needs these lines at the top of ~/.codex/config.toml:')
    const file = lines.map((line) => line.slice(2)).join('\n')
    expect(Bun.TOML.parse(file)).toEqual({
      model_provider: 'nexus',
      model: 'claude-sonnet-4-6',
      web_search: 'disabled',
      check_for_update_on_startup: false,
      analytics: { enabled: false },
      model_providers: {
        nexus: {
          name: 'nexus-claude-api',
          base_url: 'http://127.0.0.1:5000/v1',
          wire_api: 'responses',
          env_key: 'NEXUS_CLIENT_TOKEN',
          model_catalog_url: 'http://127.0.0.1:5000/v1/models',
          stream_idle_timeout_ms: 600_000,
        },
      },
    })
    writeFile(join(home, '.codex', 'config.toml'), file)
    expect((await env()).err).toBe('')
  })

  test("before the lines of the user's file, they change none of these and repeat no preference (OE-K2)", async () => {
    const home = temporaryFolder()
    const path = join(home, '.codex', 'config.toml')
    const own =
      'web_search = "live"\n[analytics]\nenabled = true\n[model_providers.other]\nname = "x"\n[projects."/a"]\ntrust_level = "trusted"\n'
    writeFile(path, own)
    const env = () => cli(['env', '--client', 'codex', '--shell', 'dotenv'], {}, home)
    const [words, ...lines] = (await env()).err.trimEnd().split('\n')
    expect(words).toEndWith('at the top of ~/.codex/config.toml, instead of others with the same names:')
    const file = `${lines.map((line) => line.trim()).join('\n')}\n${own}`
    expect(Bun.TOML.parse(file)).toMatchObject({
      ...Bun.TOML.parse(own),
      model_provider: 'nexus',
      model_providers: { nexus: { wire_api: 'responses' }, other: { name: 'x' } },
    })
    writeFile(path, file)
    expect((await env()).err).toBe('')
  })
})
