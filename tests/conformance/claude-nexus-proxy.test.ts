import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { startAnthropicSimulator } from '../../src/simulator/anthropic/server.ts'
import type { JournalEntry } from '../../src/simulator/exchange.ts'
import { afterTest } from '../support/cleanup.ts'
import { startCli, temporaryFolder } from '../support/cli.ts'
import { writeFile } from '../support/files.ts'
import { startSlackSink } from '../support/sinks.ts'
import { waitUntil } from '../support/wait-until.ts'

/** The examples of Claude Nexus Proxy (001), with our program's name, `--upstream` and any free port. */

const key = 'sk-ant-api03-canary-server-0123456789'
const teamKey = 'sk-ant-api03-canary-team-0123456789'
const clientKey = 'sk-ant-api03-canary-client-0123456789'
const oauthToken = 'sk-ant-oat01-canary-token-0123456789'

/** Its variables; `ANTHROPIC_BASE_URL` of the client is not one of them. */
type Variables = Readonly<Record<string, string>>

const start = async (variables: Variables, flags: readonly string[] = ['--upstream', 'anthropic'], files?: string) => {
  const received: JournalEntry[] = []
  const simulator = startAnthropicSimulator({ onRequest: (entry) => received.push(entry) })
  afterTest(() => simulator.stop())
  const own = { NEXUS_ANTHROPIC_URL: simulator.url, PORT: '0', ...variables }
  const program = startCli(['start', ...flags], { HOME: files ?? temporaryFolder(), ...own })
  const [, url = ''] = await program.says(/Address +(http:\/\/\S+)/)
  return { url, program, received }
}

type Server = Awaited<ReturnType<typeof start>>

const body = (words = 'Hello') => ({
  model: 'claude-sonnet-4-6',
  max_tokens: 100,
  messages: [{ role: 'user', content: words }],
})

/** Resolves when the whole answer has arrived. */
const post = async (url: string, headers: Record<string, string> = {}, content: object = body()) => {
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(content),
  })
  return { status: response.status, body: (await response.json()) as object }
}

/** The credential that Anthropic got with the last request. */
const lastCredential = ({ received }: Server) => received.at(-1)?.credential?.kind

const end = async ({ program }: Server): Promise<string> => {
  program.kill('SIGTERM')
  const { code, err } = await program.ended
  expect(code).toBe(0)
  return err
}

const credentials = (files: Readonly<Record<string, object>>): string => {
  const folder = temporaryFolder()
  for (const [domain, content] of Object.entries(files))
    writeFile(join(folder, `${domain}.credentials.json`), JSON.stringify(content))
  return folder
}

describe('the examples of Claude Nexus Proxy', () => {
  test('a container with CLAUDE_API_KEY alone serves a client that only has its address', async () => {
    const image = { NEXUS_HOST: '0.0.0.0', NEXUS_UPSTREAM: 'anthropic' }
    const server = await start({ ...image, CLAUDE_API_KEY: key }, [])
    const answer = await post(server.url, { authorization: 'Bearer dummy', host: 'localhost:3000' })
    expect([answer.status, lastCredential(server)]).toEqual([200, 'api_key'])
    expect(answer.body).toMatchObject({ content: [{ text: 'You said: Hello' }] })
    const said = await end(server)
    expect(said).toContain('other machines can reach 0.0.0.0')
    expect(said).not.toContain('canary')
  })

  test('two files of credentials, written by echo, serve two domains', async () => {
    const folder = credentials({
      'localhost:3000': { type: 'api_key', api_key: key },
      'team.example': { type: 'api_key', api_key: teamKey },
    })
    const server = await start({ CREDENTIALS_DIR: folder, TOKEN_STATS_INTERVAL: '1' })
    for (const host of ['localhost:3000', 'team.example'])
      expect([host, (await post(server.url, { host })).status]).toEqual([host, 200])
    const ids = server.received.map(({ credential }) => credential?.id)
    expect(new Set(ids).size).toBe(2)
    expect((await post(server.url, { host: 'unknown.example' })).status).not.toBe(200)
    const statistics = async () =>
      ((await (await fetch(`${server.url}/token-stats`)).json()) as { stats: Record<string, object> }).stats
    // A request counts at its end, which its client can see a little earlier.
    let stats = await statistics()
    while (stats['team.example'] === undefined) stats = await statistics()
    expect(stats['localhost:3000']).toMatchObject({ requestCount: 1, toolCallCount: 0 })
    expect(stats['team.example']).toMatchObject({ requestCount: 1 })
    await server.program.says(/Token Usage Report[\s\S]+localhost:3000 +1 [\s\S]+team\.example +1 [\s\S]+TOTAL/)
    expect(await end(server)).not.toContain('canary')
  })

  test('GET / has the message and the folder', async () => {
    const folder = credentials({})
    const server = await start({ CREDENTIALS_DIR: folder })
    expect(await (await fetch(server.url)).json()).toMatchObject({
      status: 'ok',
      message: 'nexus-claude-api is running',
      config: { CREDENTIALS_DIR: folder },
    })
    expect((await fetch(`${server.url}/client-setup/.claude.json`)).status).toBe(200)
    await end(server)
  })

  test('a file of variables, and the built program with --port', async () => {
    const folder = temporaryFolder()
    const file = writeFile(join(folder, '.env'), `CLAUDE_API_KEY=${key}\nPORT=1\nHOST=localhost\nDEBUG=true\n`)
    const server = await start({ PORT: '' }, ['--upstream', 'anthropic', '-e', file, '--port', '0'], folder)
    expect((await post(server.url)).status).toBe(200)
    const said = await end(server)
    expect(said).toContain('Read 4 variables from')
    expect(said).toContain('upstream.request')
    expect(said).not.toContain('canary')
  })

  test('curl with a key of the API, then with an OAuth token, both as bearer tokens', async () => {
    const server = await start({})
    expect((await post(server.url, { authorization: `Bearer ${clientKey}` })).status).toBe(200)
    expect(lastCredential(server)).toBe('api_key')
    expect((await post(server.url, { authorization: `Bearer ${oauthToken}` })).status).toBe(200)
    expect(server.received.at(-1)).toMatchObject({
      credential: { kind: 'oauth' },
      headers: { 'anthropic-beta': 'oauth-2025-04-20' },
    })
    expect(await end(server)).not.toContain('canary')
  })

  test("a domain's webhook wins over the SLACK_ variables", async () => {
    const [all, own] = [startSlackSink(), startSlackSink()]
    const folder = credentials({
      'localhost:3000': { type: 'api_key', api_key: key },
      'team.example': { type: 'api_key', api_key: teamKey, slack: { webhook_url: own.url, channel: '#team' } },
    })
    const server = await start({
      CREDENTIALS_DIR: folder,
      SLACK_WEBHOOK_URL: all.url,
      SLACK_CHANNEL: '#all',
      SLACK_USERNAME: 'Proxy',
      SLACK_ICON_EMOJI: ':wave:',
    })
    const inference = {
      ...body('a secret plan'),
      system: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
    }
    for (const host of ['localhost:3000', 'team.example']) await post(server.url, { host }, inference)
    await waitUntil(() => all.posts.length + own.posts.length === 2)
    const said = await end(server)
    expect(all.posts.map(({ body: sent }) => sent)).toMatchObject([
      { channel: '#all', username: 'Proxy', icon_emoji: ':wave:', text: expect.stringContaining('a secret plan') },
    ])
    expect(own.posts.map(({ body: sent }) => sent)).toMatchObject([{ channel: '#team', username: 'Proxy' }])
    expect(said).toContain('Slack')
    expect(said).not.toContain('secret')
  })
})
