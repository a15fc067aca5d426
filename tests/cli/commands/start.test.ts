import { describe, expect, test } from 'bun:test'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cli, startCli, temporaryFolder } from '../../support/cli.ts'

const address = /(?:Address +|"address":")(http:\/\/127\.0\.0\.1:(\d+))/

describe('start', () => {
  test('serves, prints only the launch command on standard output, and ends on a signal', async () => {
    const program = startCli(['start', '--simulate', '--port', '0', '--claude-code', '--shell', 'zsh'])
    const [, url = ''] = await program.says(address)
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonnet', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] }),
    })
    expect(await response.json()).toMatchObject({ content: [{ text: 'You said: Hello' }] })
    await program.says(/ 200 POST \/v1\/messages sonnet -> sonnet-4\.6 in \d+ out \d+ \d+ms req_/)
    program.kill('SIGTERM')
    const { code, out, err } = await program.ended
    expect(code).toBe(0)
    expect(out).toMatch(new RegExp(`^env -u ANTHROPIC_API_KEY ANTHROPIC_BASE_URL='${url}' .* claude\n$`))
    expect(err).not.toContain('\u001b[')
  })

  test('writes no file and serves no figures unless that is turned on (OP-H1, OP-M5, OP-D1)', async () => {
    const home = temporaryFolder()
    const program = startCli(['start', '--simulate', '--port', '0'], {
      HOME: home,
      XDG_STATE_HOME: join(home, 'state'),
    })
    const [, url = ''] = await program.says(address)
    const body = JSON.stringify({ model: 'sonnet', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] })
    const headers = { 'content-type': 'application/json' }
    await (await fetch(`${url}/v1/messages`, { method: 'POST', headers, body })).text()
    const pages = await Promise.all(['/metrics', '/dashboard'].map((path) => fetch(url + path)))
    expect(pages.map(({ status }) => status)).toEqual([404, 404])
    program.kill('SIGTERM')
    expect((await program.ended).code).toBe(0)
    // Bun's own cache, because the program runs from its sources.
    expect(readdirSync(home).filter((name) => name !== '.bun')).toEqual([])
  })

  test('serves an OpenAI-compatible server with the variables of a file (N21, G1)', async () => {
    const variables = join(temporaryFolder(), 'gateway.env')
    const lines = ['GATEWAY_TOKEN=gate', 'OPENAI_API_KEY=any', 'MODEL_MAP=claude-sonnet-4-6:gpt-4.1', 'PORT=0']
    writeFileSync(variables, lines.join('\n'))
    const program = startCli(['start', '--upstream', 'openai', '--simulate', '--env-file', variables])
    const [, url = ''] = await program.says(address)
    const ask = (token: string): Promise<Response> =>
      fetch(`${url}/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': token },
        body: JSON.stringify({ model: 'sonnet', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] }),
      })
    expect((await ask('wrong')).status).toBe(401)
    expect(await (await ask('gate')).json()).toMatchObject({ model: 'sonnet', content: [{ text: 'You said: Hello' }] })
    program.kill('SIGTERM')
    const { code, err } = await program.ended
    expect(code).toBe(0)
    expect(err).toContain('embedded simulation of an OpenAI-compatible server')
    expect(err).toContain('claude-sonnet-4-6 = gpt-4.1 (main)')
  })

  describe('with --upstream anthropic', () => {
    const start = ['start', '--upstream', 'anthropic', '--port', '0']

    test.each([[['--client-keys', 'ignore']], [['--client-token', 'gate']]])(
      'ends with 2 without a key, a folder or forwarded keys, and names the three ways: %j (AU-0c)',
      async (flags) => {
        const { code, err } = await cli([...start, ...flags])
        expect(code).toBe(2)
        expect(err).toContain('No Anthropic key. Provide it in one of these ways')
        for (const way of ['export CLAUDE_API_KEY=...', '--credentials-dir FOLDER', '--client-keys forward'])
          expect(err).toContain(`  ${way}`)
        expect(err).toContain('nexus-claude-api start --upstream anthropic --simulate')
      },
    )

    test('refuses to send a key or OAuth tokens unencrypted to another machine (AU-0, AU-O1)', async () => {
      const refusal = async (flags: string[], environment = {}): Promise<string> => {
        const { code, err } = await cli([...start, ...flags], environment)
        expect(code).toBe(2)
        return err
      }
      expect(await refusal(['--anthropic-url', 'http://gateway.example'])).toContain(
        '--anthropic-url begins with http, so the key would go to gateway.example unencrypted.',
      )
      const tokenUrl = { CLAUDE_OAUTH_TOKEN_URL: 'http://token.example/token' }
      expect(await refusal(['--allow-oauth'], tokenUrl)).toContain(
        'CLAUDE_OAUTH_TOKEN_URL begins with http, so OAuth tokens would go to token.example unencrypted.',
      )
    })

    test.each([
      [[]],
      [['--client-token', 'gate', '--client-keys', 'forward']],
      [['--client-token', 'gate', '--credentials-dir', '.']],
      [['--client-token', 'gate', '--allow-oauth', '--claude-code-login']],
    ])('starts without a key with %j, and prompts for none (AU-0c)', async (flags) => {
      const program = startCli([...start, ...flags])
      await program.says(address)
      program.kill('SIGTERM')
      const { code, err } = await program.ended
      expect(code).toBe(0)
      expect(err).toMatch(/^ +Key +none/m)
      expect(err).not.toContain('no model is configured')
    })
  })

  test('names the program that uses the port, and ends with 2', async () => {
    const first = startCli(['start', '--simulate', '--port', '0'])
    const [, , port = ''] = await first.says(address)
    const second = await startCli(['start', '--simulate', '--port', port]).ended
    expect([second.code, second.out]).toEqual([2, ''])
    expect(second.err).toContain(`Port ${port} on 127.0.0.1 is in use by another nexus-claude-api (version `)
    // Part 3: the user need not start a second server.
    expect(second.err).toMatch(
      /To connect a client to that server, use nexus-claude-api env; .* nexus-claude-api health/,
    )
    expect(second.err).toContain(`process ${first.pid}`)
    const foreign = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('hello') })
    const third = await startCli(['start', '--simulate', '--port', String(foreign.port)]).ended
    expect(third.code).toBe(2)
    expect(third.err).toContain(`Port ${foreign.port} on 127.0.0.1 is in use by another program.`)
    await foreign.stop(true)
  })

  test('refuses an address of another machine', async () => {
    const { code, err } = await startCli(['start', '--simulate', '--port', '0', '--host', '203.0.113.7']).ended
    expect([code, err]).toEqual([2, expect.stringContaining('Use an address of this machine: --host.') as never])
  })

  test('writes JSON lines, and a log file with owner-only access', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'nexus.log')
    const program = startCli([
      '--simulate',
      '-p',
      '0',
      '--log-format',
      'json',
      '--log-level',
      'debug',
      '--log-file',
      file,
    ])
    const [, url = ''] = await program.says(address)
    await fetch(`${url}/nothing`)
    const [line] = await program.says(/^\{"time".*"event":"request\..*\}$/m)
    expect(JSON.parse(line)).toMatchObject({ level: 'info', event: 'request.refused', status: 404, path: '/nothing' })
    program.kill('SIGINT')
    await program.ended
    const stat = await Bun.file(file).stat()
    expect(stat.mode & 0o777).toBe(0o600)
    expect(await Bun.file(file).text()).toBe(`${line}\n`)
  })

  const recordsOf = (err: string): { event: string; level: string; text?: string }[] =>
    err
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))

  test('A10 writes only JSON to standard error with --log-format json', async () => {
    const folder = temporaryFolder()
    const config = join(folder, 'c.json')
    writeFileSync(config, '{ "logging": { "format": "json" }, "nonsense": 1 }')
    const program = startCli(['start', '--simulate', '-p', '0', '-c', '--shell', 'bash', '--config', config], {
      NEXUS_SLACK_WEBHOOK_URL: 'https://hooks.example/CANARY',
      NEXUS_OTEL: 'true',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example/CANARY',
      NEXUS_SEARCH: 'brave',
      NEXUS_SEARCH_API_KEY: 'CANARY-0123456789',
    })
    const [, url = ''] = await program.says(address)
    program.kill('SIGTERM')
    const { code, out, err } = await program.ended
    expect([code, out]).toEqual([0, expect.stringContaining(`ANTHROPIC_BASE_URL='${url}'`) as never])
    const records = recordsOf(err)
    expect(records.filter(({ text }) => text === undefined)).toMatchObject([
      {
        level: 'info',
        event: 'program.listening',
        address: url,
        upstream: 'simulated',
        model: 'claude-sonnet-4-6',
        smallModel: 'claude-haiku-4-5',
        slack: 'hooks.example',
        otel: 'collector.example',
        search: 'api.search.brave.com',
      } as never,
    ])
    expect(err).not.toContain('CANARY')
    const [first] = records
    expect(first).toMatchObject({
      level: 'warn',
      event: 'program.message',
      text: expect.stringContaining('nonsense') as never,
    })
  })

  test('writes only JSON with the names of claude-code-proxy-api with --log-format json-snake (OP-G1)', async () => {
    const program = startCli(
      [
        'start',
        '--simulate',
        '-p',
        '0',
        '--log-format',
        'json-snake',
        '--stats-interval',
        '1',
        '--shell',
        'bash',
        '-c',
      ],
      { NEXUS_NONSENSE: '1' },
    )
    const [, url = ''] = await program.says(address)
    const body = JSON.stringify({ model: 'sonnet', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] })
    const headers = { 'content-type': 'application/json' }
    await (await fetch(`${url}/v1/messages?secret`, { method: 'POST', headers, body })).text()
    await program.says(/"event":"tokens\.report"/)
    program.kill('SIGTERM')
    const { code, err } = await program.ended
    expect(code).toBe(0)
    const records = recordsOf(err) as unknown as Record<string, unknown>[]
    expect(records.map((record) => Object.keys(record).slice(0, 3))).toEqual(
      records.map(() => ['timestamp', 'level', 'event']),
    )
    expect(records).toContainEqual(
      expect.objectContaining({ event: 'program.listening', address: url, small_model: 'claude-haiku-4-5' }) as never,
    )
    expect(records).toContainEqual(
      expect.objectContaining({ event: 'request.answered', status_code: 200, path: '/v1/messages' }) as never,
    )
    expect(err).not.toContain('secret')
  }, 20_000)

  test('reports a failed start as a record with --log-format json-snake (OP-G1)', async () => {
    const { code, err } = await startCli(['start', '--simulate', '--port', 'x', '--log-format', 'json-snake']).ended
    expect(code).toBe(2)
    expect(recordsOf(err)).toEqual([
      {
        timestamp: expect.any(String),
        level: 'error',
        event: 'program.message',
        text: expect.stringContaining('--port must be a whole number'),
      } as never,
    ])
  })

  test.each<[string[], Record<string, string>, string]>([
    [['--log-format', 'json'], {}, 'No AI Nexus key.'],
    [['--log-format', 'json', '--config', '/nowhere/c.json'], {}, 'cannot be read (ENOENT)'],
    [['--simulate', '--port', 'x'], { NEXUS_LOG_FORMAT: 'json' }, '--port must be a whole number'],
    [['--simulate', '--log-file', '/nowhere/x.log'], { NEXUS_LOG_FORMAT: 'json' }, 'cannot be written'],
  ])('A10 reports a failed start in JSON, too: %p %p', async (args, environment, words) => {
    const { code, out, err } = await startCli(['start', ...args], environment).ended
    expect([code, out]).toEqual([2, ''])
    expect(recordsOf(err)).toEqual([
      {
        time: expect.any(String),
        level: 'error',
        event: 'program.message',
        text: expect.stringContaining(words),
      } as never,
    ])
  })

  test('writes date, local time and UTC offset to a text log that is not a terminal', async () => {
    const file = join(temporaryFolder(), 'nexus.log')
    const program = startCli(['--simulate', '-p', '0', '--log-file', file], { TZ: 'Asia/Kolkata' })
    const [, url = ''] = await program.says(address)
    const before = Date.now()
    await fetch(`${url}/nothing?secret`)
    const [line, time = ''] = await program.says(
      /^(\S+\+05:30) 404 GET \/nothing not_found_error: Unknown path\. \d+ms req_\w+\n/m,
    )
    expect(Math.abs(Date.parse(time) - before)).toBeLessThan(10_000)
    expect(await Bun.file(file).text()).toBe(line)
    // The log is written at once, so it is complete after SIGKILL.
    program.kill('SIGKILL')
    await program.ended
    expect(await Bun.file(file).text()).toBe(line)
  })

  test('lets a running response finish after the first signal', async () => {
    const scenario = join(temporaryFolder(), 's.json')
    writeFileSync(
      scenario,
      JSON.stringify({
        rules: [{ reply: { content: [{ text: 'abcdefgh' }], pace: { frameMs: 30, deltaCharacters: 1 } } }],
      }),
    )
    const upstream = startCli(['simulate', '--port', '0', '--scenario', scenario])
    const [, endpoint = ''] = await upstream.says(/at (http:\S+)\. Use it with/)
    const program = startCli(['start', '-p', '0', '--endpoint-url', endpoint, '--api-key', 'any'])
    const [, url = ''] = await program.says(address)
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'sonnet',
        stream: true,
        max_tokens: 9,
        messages: [{ role: 'user', content: 'Hello' }],
      }),
    })
    program.kill('SIGINT')
    await program.says(/Stopping/)
    expect(await response.text()).toContain('event: message_stop')
    expect((await program.ended).code).toBe(0)
  })
})

test('start uses no proxy for addresses of this machine', async () => {
  const dead = 'http://127.0.0.1:1'
  const proxies = { HTTP_PROXY: dead, HTTPS_PROXY: dead, http_proxy: dead, https_proxy: dead, ALL_PROXY: dead }
  const program = startCli(['start', '--simulate', '--port', '0'], proxies)
  const [, url = '', port = ''] = await program.says(address)
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  expect(response.status).toBe(200)
  const second = await startCli(['start', '--simulate', '--port', port], proxies).ended
  expect(second.err).toContain('is in use by another nexus-claude-api')
})
