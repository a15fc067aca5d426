import { describe, expect, test } from 'bun:test'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runMain } from '../../../src/cli/main.ts'
import type { Io } from '../../../src/cli/terminal/io.ts'
import { afterTest } from '../../support/cleanup.ts'
import { cli, startCli, temporaryFolder, testIo } from '../../support/cli.ts'
import { rawServer } from '../../support/raw-server.ts'

/** A program with this name in its own folder: prints its input as JSON, and sends one request. */
const stubClaude = (body: string): string => {
  const folder = temporaryFolder()
  const program = join(folder, 'claude')
  writeFileSync(program, `#!${process.execPath}\n${body}\n`)
  chmodSync(program, 0o755)
  return folder
}

/** Any text as a program. */
const scriptClaude = (text: string | Uint8Array): string => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'claude'), text)
  chmodSync(join(folder, 'claude'), 0o755)
  return folder
}

const asking = `
const ask = (headers) =>
  fetch(process.env.ANTHROPIC_BASE_URL + '/v1/messages', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'sonnet', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] }),
  })
const right = await ask({ authorization: 'Bearer ' + process.env.ANTHROPIC_AUTH_TOKEN })
const wrong = await ask({})
const { content } = await right.json()
console.log(JSON.stringify({ args: process.argv.slice(2), env: process.env, said: content[0].text, wrong: wrong.status }))
process.exit(7)
`

const program = join(import.meta.dir, '..', '..', 'support', 'unmanaged-program.ts')
const startUnmanaged = (args: readonly string[], environment: Record<string, string>) =>
  startCli(args, environment, program)

const run = async (args: readonly string[], folder: string, environment: Record<string, string> = {}) =>
  startUnmanaged(['claude', '--simulate', ...args], { PATH: `${folder}:${process.env['PATH']}`, ...environment }).ended

describe('claude', () => {
  test('runs Claude Code with its own server, prints nothing itself, and exits with its exit code', async () => {
    const { code, out, err } = await run(['--model', 'opus', '--', '-p', '--model', 'x y'], stubClaude(asking), {
      NEXUS_API_KEY: 'canary-key-0123456789',
      NEXUS_PORT: '1',
      NEXUS_HOST: '0.0.0.0',
      NEXUS_CLIENT_TOKEN: 'canary-token-0123456789',
      // Clients of another server: a session has its own token (OP-A2).
      NEXUS_CLIENT_TOKENS: 'invalid',
      NEXUS_CLIENTS_FILE: '/nowhere/clients.json',
      NEXUS_REQUIRE_TOKEN: '1',
      ANTHROPIC_API_KEY: 'stray',
    })
    expect([code, err]).toEqual([7, ''])
    const { args, env, said, wrong } = JSON.parse(out)
    expect([args.slice(2), said, wrong]).toEqual([['-p', '--model', 'x y'], 'You said: Hello', 401])
    expect(env).toMatchObject({
      ANTHROPIC_BASE_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      ANTHROPIC_AUTH_TOKEN: expect.stringMatching(/^[\w-]{43}$/),
      ANTHROPIC_MODEL: 'claude-opus-4-6',
    })
    expect(env.ANTHROPIC_API_KEY).toBeUndefined()
    expect(out).not.toContain('canary')
    expect(fetch(env.ANTHROPIC_BASE_URL)).rejects.toThrow()
  })

  test('uses its own server, which has neither HTTPS nor proxies of a server for others (OP-W4)', async () => {
    const { code, out } = await run([], stubClaude(asking), {
      NEXUS_TLS_CERT: '/nowhere/cert.pem',
      NEXUS_TLS_KEY: '/nowhere/key.pem',
      NEXUS_TRUST_PROXY: 'proxy.example',
      NEXUS_ALLOWED_HOSTS: 'claude.example.com',
    })
    expect(code).toBe(7)
    expect(JSON.parse(out)).toMatchObject({
      said: 'You said: Hello',
      env: { ANTHROPIC_BASE_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) },
    })
  })

  describe('with --upstream anthropic', () => {
    const printing = 'console.log(JSON.stringify({ args: process.argv.slice(2), env: process.env }))'
    const start = async (args: readonly string[], variables: Record<string, string>) => {
      const folder = stubClaude(printing)
      const environment = { PATH: `${folder}:${process.env['PATH']}`, ...variables }
      const { code, out, err } = await startUnmanaged(['claude', '--upstream', 'anthropic', ...args], environment).ended
      expect([code, err]).toEqual([0, ''])
      return JSON.parse(out)
    }

    test('Claude Code gets the token of the session, and not the key; its web tools stay (AU-0f)', async () => {
      const { args, env } = await start(['-p', 'hi'], {
        ANTHROPIC_API_KEY: 'canary-key-0123456789',
        NEXUS_CLIENT_TOKEN: 'canary-token-0123456789',
      })
      expect(args).toEqual(['-p', 'hi'])
      expect(env.ANTHROPIC_AUTH_TOKEN).toMatch(/^[\w-]{43}$/)
      expect(JSON.stringify(env)).not.toContain('canary')
      expect(Object.keys(env).filter((name) => /MODEL|DISABLE|ATTRIBUTION/.test(name))).toEqual([])
    })

    test("without a credential of the server, Claude Code keeps its user's own (AU-0f, AU-T3)", async () => {
      const { env } = await start([], {
        NEXUS_CLIENT_TOKEN: 'other-clients-0123456789',
        CLAUDE_CODE_OAUTH_TOKEN: 'own',
      })
      expect(env).toMatchObject({
        ANTHROPIC_BASE_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        CLAUDE_CODE_OAUTH_TOKEN: 'own',
      })
      expect(env.ANTHROPIC_AUTH_TOKEN).toBeUndefined()
    })
  })

  test('removes a key from the variable of AWS, too, and keeps other variables', async () => {
    const folder = stubClaude('console.log(process.env.AWS_BEARER_TOKEN_BEDROCK)')
    const own = { PATH: `${folder}:${process.env['PATH']}`, AWS_BEARER_TOKEN_BEDROCK: 'canary-key-0123456789' }
    const endpoint = ['claude', '--endpoint-url', 'http://127.0.0.1:9']
    expect((await startUnmanaged(endpoint, own).ended).out).toBe('undefined\n')
    expect((await startUnmanaged(endpoint, { ...own, NEXUS_API_KEY: 'mine' }).ended).out).toBe(
      'canary-key-0123456789\n',
    )
  })

  test('creates a new token for each session', async () => {
    const folder = stubClaude('console.log(process.env.ANTHROPIC_AUTH_TOKEN)')
    expect((await run([], folder)).out).not.toBe((await run([], folder)).out)
  })

  test('writes a log only to a configured file', async () => {
    const file = join(temporaryFolder(), 'nexus.log')
    const { err } = await run(['--log-file', file], stubClaude(asking))
    expect(err).toBe('')
    expect(await Bun.file(file).text()).toContain('POST /v1/messages')
  })

  test('logs the requests that still ran at the end', async () => {
    const file = join(temporaryFolder(), 'nexus.log')
    let release = (): void => {}
    const received = new Promise<void>((resolve) => {
      release = resolve
    })
    // Nexus accepts both requests, and answers none.
    const upstream = await rawServer(() => {
      if (upstream.sockets.length === 2) release()
    })
    const door = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: async () => {
        await received
        return new Response()
      },
    })
    afterTest(() => door.stop(true))
    const stub = stubClaude(`
      for (const stream of [true, false])
        void fetch(process.env.ANTHROPIC_BASE_URL + '/v1/messages', {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: 'Bearer ' + process.env.ANTHROPIC_AUTH_TOKEN },
          body: JSON.stringify({ model: 'sonnet', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }], stream }),
        }).catch(() => {})
      await fetch('${door.url}')
      process.exit(3)
    `)
    const args = ['--endpoint-url', upstream.url, '--log-file', file, '--log-format', 'json']
    const { code } = await startCli(['claude', ...args], {
      PATH: `${stub}:${process.env['PATH']}`,
      NEXUS_API_KEY: 'any-key-0123456789',
    }).ended
    expect(code).toBe(3)
    const records = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(records.map(({ event, status }) => [event, status])).toEqual([
      ['request.cancelled', 499],
      ['request.cancelled', 499],
    ])
    expect(records.map(({ stream }) => stream).sort()).toEqual([false, true])
  })

  test('passes a signal on, and exits with its number', async () => {
    const folder = stubClaude(
      "process.on('SIGTERM', () => process.exit(9)); console.error('ready'); setInterval(() => {}, 1000)",
    )
    const polite = startUnmanaged(['claude', '--simulate'], { PATH: `${folder}:${process.env['PATH']}` })
    await polite.says(/ready/)
    polite.kill('SIGTERM')
    expect((await polite.ended).code).toBe(9)
    const killed = await run([], stubClaude("process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000)"))
    expect(killed.code).toBe(137)
  })

  test('passes on a signal that arrives at once, too', async () => {
    const folder = scriptClaude("#!/bin/sh\ntrap 'exit 9' TERM\nkill -TERM $PPID\nwhile :; do sleep 0.01; done\n")
    expect(await run([], folder)).toEqual({ code: 9, out: '', err: '' })
  })

  test('runs a script without a #! line as a shell script', async () => {
    expect(await run(['--', 'a b'], scriptClaude('echo "got $3"\nexit 3\n'))).toEqual({
      code: 3,
      out: 'got a b\n',
      err: '',
    })
  })

  test('keeps running under nohup', async () => {
    const folder = scriptClaude('#!/bin/sh\nkill -HUP $PPID $$\nsleep 0.05\necho still here\nexit 4\n')
    const nohup = ['-c', 'trap "" HUP; exec "$0" "$@"', process.execPath, program, 'claude', '--simulate']
    const child = Bun.spawn(['/bin/sh', ...nohup], {
      env: { PATH: `${folder}:${process.env['PATH']}`, HOME: temporaryFolder() },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    })
    expect([await new Response(child.stdout).text(), await child.exited]).toEqual(['still here\n', 4])
  })

  test('says that conversations are sent to Slack, without the secret path (AU-S1)', async () => {
    const { err } = await run([], scriptClaude('#!/bin/sh\n'), {
      NEXUS_SLACK_WEBHOOK_URL: 'https://hooks.example/CANARY',
    })
    expect(err).toBe('warning: Slack is on: conversations are sent to hooks.example.\n')
  })

  test('prints warnings before Claude Code starts', async () => {
    const { code, out, err } = await run(['--api-key', 'canary-key-0123456789'], stubClaude(''))
    expect([code, out]).toEqual([0, ''])
    expect(err).toBe(
      'warning: other users of this machine can read --api-key in the list of processes: use a variable or a file.\n',
    )
  })

  test("overrides settings for another server with Claude Code's own --settings", async () => {
    const home = temporaryFolder()
    mkdirSync(join(home, '.claude'))
    writeFileSync(
      join(home, '.claude', 'settings.json'),
      JSON.stringify({ env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9', ANTHROPIC_AUTH_TOKEN: 'other' } }),
    )
    const { out } = await run(['--', '-p'], stubClaude(asking), { HOME: home })
    const { args, env } = JSON.parse(out)
    const [flag, settings, ...others] = args
    expect([flag, JSON.parse(settings).env, others]).toEqual([
      '--settings',
      { ANTHROPIC_BASE_URL: env.ANTHROPIC_BASE_URL },
      ['-p'],
    ])
    expect(env.ANTHROPIC_CUSTOM_HEADERS).toBe(`x-api-key: ${env.ANTHROPIC_AUTH_TOKEN}`)
  })
})

describe('claude fails', () => {
  test('without Claude Code, and prints how to install it', async () => {
    const { code, out, err } = await cli(['claude', '--simulate'], { PATH: temporaryFolder() })
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('Claude Code was not found')
    expect(err).toContain('curl -fsSL https://claude.ai/install.sh | bash')
  })

  test('if Claude Code cannot be started', async () => {
    const { code, out, err } = await run([], scriptClaude(new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3])))
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(/^error: \S+\/claude cannot be started \(\w+\)\. Reinstall Claude Code/)
    expect(err).not.toMatch(/\.ts:\d/)
  })

  test('if the claude on PATH only calls this program', async () => {
    const folder = scriptClaude(`#!/bin/sh\nexec ${process.execPath} ${program} claude --simulate -- "$@"\n`)
    // Three of five allowed levels are used.
    const { code, err } = await run([], folder, { NEXUS_CLAUDE_DEPTH: '3' })
    expect([code, err]).toEqual([
      2,
      `error: ${folder}/claude seems to be a script that runs nexus-claude-api claude, which runs the script again. Rename the script, so that claude is Claude Code itself.\n`,
    ])
  })

  test('without a key', async () => {
    const { code, err } = await cli(['claude'], { PATH: stubClaude('') })
    expect([code, err]).toEqual([2, expect.stringContaining('No AI Nexus key.') as never])
  })

  test('with a flag of another command', async () => {
    const { code, err } = await cli(['claude', '--port', '1'])
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('error: claude takes no --port: it starts its own server') as never,
    ])
  })
})

test('names a managed setting, which it cannot override', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'managed-settings.json')
  writeFileSync(path, JSON.stringify({ env: { ANTHROPIC_BASE_URL: 'https://corp.example' } }))
  const machine = { claudeManagedFolder: folder, environment: { PATH: stubClaude('') } }
  let err = ''
  const io: Io = {
    ...testIo(machine),
    err: (text) => {
      err += text
    },
  }
  expect(await runMain(['claude', '--simulate'], io)).toBe(2)
  expect(err).toBe(
    `error: ${path} sets ANTHROPIC_BASE_URL, which makes Claude Code bypass this server and cannot be overridden. Ask your administrator to remove it.\n`,
  )
})

test('ignores settings that are not a file', async () => {
  const home = temporaryFolder()
  mkdirSync(join(home, '.claude', 'settings.json'), { recursive: true })
  expect((await run([], stubClaude("console.log('here')"), { HOME: home })).out).toBe('here\n')
})
