import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { chmodSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startAnthropicSimulator } from '../../src/simulator/anthropic/server.ts'
import { afterTest } from '../support/cleanup.ts'
import { cli, startCli, temporaryFolder } from '../support/cli.ts'
import { writeFile } from '../support/files.ts'
import { clientEntry, tokenOf } from '../support/named-clients.ts'
import { received, type Sink, startSlackSink, startTelemetrySink } from '../support/sinks.ts'

const address = /Address +(http:\/\/127\.0\.0\.1:\d+)/

test('serves the files of --client-setup-dir instead of the built-in ones (AU-C2)', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'setup.sh'), 'echo setup')
  const program = startCli(['start', '--upstream', 'anthropic', '--port', '0', '--client-setup-dir', folder], {
    CLAUDE_API_KEY: 'sk-ant-api03-test',
  })
  const [, url = ''] = await program.says(address)
  expect(await (await fetch(`${url}/client-setup/setup.sh`)).text()).toBe('echo setup')
  expect((await fetch(`${url}/client-setup/.credentials.json`)).status).toBe(404)
  program.kill('SIGTERM')
  expect((await program.ended).code).toBe(0)
})

test('sends what waits to be sent before the program ends (AU-S5, OP-E4)', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const sink = startTelemetrySink(() => ({ after: promise }))
  const program = startCli(['start', '--simulate', '--port', '0'], { NEXUS_TELEMETRY_ENDPOINT: sink.url })
  const [, url = ''] = await program.says(address)
  for (let count = 0; count < 6; count += 1)
    await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonnet', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] }),
    })
  await received(sink, 4)
  program.kill('SIGTERM')
  resolve()
  const { code, err } = await program.ended
  expect([code, sink.posts.length]).toEqual([0, 6])
  expect(err).not.toContain('observer.dropped')
})

const sendMessage = (url: string): Promise<string> =>
  fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] }),
  }).then((response) => response.text())

test('keeps a history with --history, from the first request to the last one before its end (OP-H1, OP-H3)', async () => {
  const folder = temporaryFolder()
  const program = startCli(['start', '--simulate', '--port', '0', '--history'], { XDG_STATE_HOME: folder })
  const [, url = ''] = await program.says(address)
  await fetch(`${url}/health`)
  expect(readdirSync(folder)).toEqual([])
  for (let count = 0; count < 3; count += 1) await sendMessage(url)
  program.kill('SIGTERM')
  expect((await program.ended).code).toBe(0)
  const state = join(folder, 'nexus-claude-api')
  expect(readdirSync(state)).toEqual(['usage.sqlite'])
  const database = new Database(join(state, 'usage.sqlite'), { readonly: true })
  afterTest(() => database.close())
  expect(database.query('SELECT endpoint, upstream, outcome FROM request').values()).toEqual([
    ['messages', 'nexus', 'answered'],
    ['messages', 'nexus', 'answered'],
    ['messages', 'nexus', 'answered'],
  ])
})

test('writes no history without --history (OP-H1)', async () => {
  const folder = temporaryFolder()
  const program = startCli(['start', '--simulate', '--port', '0'], { XDG_STATE_HOME: folder })
  const [, url = ''] = await program.says(address)
  await sendMessage(url)
  program.kill('SIGTERM')
  await program.ended
  expect(readdirSync(folder)).toEqual([])
})

test('does not start with a webhook that is not encrypted, and does not show it (AU-S5)', async () => {
  const environment = { NEXUS_SLACK_WEBHOOK_URL: 'http://hooks.example/CANARYWEBHOOK' }
  for (const flags of [[], ['--dry-run']]) {
    const { code, out, err } = await cli(['start', '--simulate', '--port', '0', ...flags], environment)
    expect([code, err]).toEqual([2, expect.stringContaining('slack.webhookUrl must be a URL') as never])
    expect(out + err).not.toContain('CANARYWEBHOOK')
  }
})

test('posts the conversations of each domain where its file says, and never a key (AU-S1, AU-S2, AU-Y2)', async () => {
  const [general, own, figures] = [startSlackSink(), startSlackSink(), startTelemetrySink()]
  const upstream = startAnthropicSimulator()
  afterTest(() => upstream.stop())
  const folder = temporaryFolder()
  const key = (end: string): string => `sk-ant-api03-CANARYKEY-${end}`
  const writeDomain = (name: string, slack?: object): void => {
    const path = writeFile(join(folder, `${name}.credentials.json`), {
      type: 'api_key',
      api_key: key(`of-${name}`),
      slack,
    })
    chmodSync(path, 0o600)
  }
  writeDomain('team.example', { webhook_url: own.url, channel: '#team' })
  writeDomain('silent.example', { enabled: false })
  writeDomain('personal.example', { webhook_url: own.url })
  const program = startCli(['start', '--upstream', 'anthropic', '--port', '0', '--verbose'], {
    CLAUDE_API_KEY: key('in-general'),
    CREDENTIALS_DIR: folder,
    NEXUS_ANTHROPIC_URL: upstream.url,
    SLACK_WEBHOOK_URL: general.url,
    TELEMETRY_ENDPOINT: figures.url,
  })
  const [, url = ''] = await program.says(address)
  const hosts = ['team.example', 'silent.example', 'personal.example', 'localhost']
  for (const host of hosts) {
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', host },
      body: JSON.stringify({
        model: 'claude-sonnet-4-6',
        max_tokens: 9,
        stream: true,
        messages: [{ role: 'user', content: `CANARYWORD ${host}` }],
      }),
    })
    expect([host, response.status]).toEqual([host, 200])
    await response.text()
  }
  program.kill('SIGTERM')
  const { code, out, err } = await program.ended
  expect(code).toBe(0)
  const seen = (sink: Sink): unknown[] =>
    sink.posts.map(({ body: { channel, text, attachments } }) => [
      channel,
      String(text).split('\n')[0],
      (attachments as { footer: string }[])[0]?.footer.replace(/\d+/g, 'N'),
    ])
  const footer = (host: string, end: string): string => `${host} | claude-sonnet-N-N | ...${end} | Tokens: N/N`
  expect(seen(own)).toEqual([
    ['#team', '👤 User: CANARYWORD team.example', footer('team.example', key('of-team.example').slice(-10))],
  ])
  expect(seen(general)).toEqual([[undefined, '👤 User: CANARYWORD localhost', footer('localhost', 'in-general')]])
  expect(figures.posts.map(({ body }) => body['apiKey']).sort()).toEqual(
    ['of-team.example', 'of-silent.example', 'of-personal.example', 'in-general']
      .map((end) => `...${key(end).slice(-10)}`)
      .sort(),
  )
  const outputs = [out, err, JSON.stringify([general.posts, own.posts, figures.posts])].join('\n')
  expect(outputs).not.toContain('CANARYKEY')
  expect(out + err + JSON.stringify(figures.posts)).not.toContain('CANARYWORD')
})

test('serves the clients of the file, and a removed one no longer, while others go on (OP-A2, OP-A4, OP-A9)', async () => {
  const path = writeFile(join(temporaryFolder(), 'clients.json'), {
    clients: [clientEntry('alice'), clientEntry('bob')],
  })
  const program = startCli(['start', '--simulate', '--port', '0', '--host', '0.0.0.0', '--clients', path], {
    NEXUS_CLIENT_TOKENS: `carol:${tokenOf('carol')}`,
    NEXUS_REQUIRE_TOKEN: '1',
  })
  const [, url = ''] = await program.says(address)
  const status = async (name: string): Promise<number> =>
    (await fetch(`${url}/v1/models`, { headers: { 'x-api-key': tokenOf(name) } })).status
  expect([await status('alice'), await status('bob'), await status('carol'), await status('dave')]).toEqual([
    200, 200, 200, 401,
  ])
  writeFile(path, { clients: [clientEntry('alice')] })
  // The server looks at the file once a second.
  while ((await status('bob')) === 200);
  expect([await status('alice'), await status('bob'), await status('carol')]).toEqual([200, 401, 200])
  program.kill('SIGTERM')
  const { code, err } = await program.ended
  expect(code).toBe(0)
  expect(err).not.toContain('can use your key')
  expect(err).not.toContain('nxc_')
})

test.each([
  ['without the file of clients', { NEXUS_CLIENTS_FILE: 'missing.json' }, 'missing.json does not exist. Add a client:'],
  [
    'with an invalid file of clients',
    { NEXUS_CLIENTS_FILE: 'invalid.json' },
    'invalid.json:1: clients.0 has no tokenHash.',
  ],
  ['with a short token', { NEXUS_CLIENT_TOKENS: 'alice:short' }, 'clientTokens: pair 1 has a token of 5 characters.'],
  [
    'without a gate',
    { NEXUS_HOST: '0.0.0.0', NEXUS_REQUIRE_TOKEN: 'true' },
    'requireToken: other machines can reach 0.0.0.0',
  ],
])('does not start %s (OP-A3, OP-A4, OP-A9)', async (_, environment, words) => {
  const folder = temporaryFolder()
  writeFile(join(folder, 'invalid.json'), { clients: [{ name: 'alice' }] })
  for (const flags of [[], ['--dry-run']]) {
    const { code, err } = await cli(['start', '--simulate', '--port', '0', ...flags], environment, folder)
    expect([code, err]).toEqual([2, expect.stringContaining(words) as never])
  }
})
