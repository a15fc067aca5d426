import { describe, expect, test } from 'bun:test'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { later } from '../support/cleanup.ts'
import { cli, startCli, temporaryFolder } from '../support/cli.ts'
import { rawServer } from '../support/raw-server.ts'

/** A program of the name, in a folder of its own: what it is given it tells as JSON, and asks once for an answer. */
const stubClaude = (body: string): string => {
  const folder = temporaryFolder()
  const program = join(folder, 'claude')
  writeFileSync(program, `#!${process.execPath}\n${body}\n`)
  chmodSync(program, 0o755)
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

const run = async (args: readonly string[], folder: string, environment: Record<string, string> = {}) =>
  startCli(['claude', '--simulate', ...args], { PATH: `${folder}:${process.env['PATH']}`, ...environment }).ended

describe('claude', () => {
  test('runs it against a server of its own, says nothing itself, and ends with its exit code', async () => {
    const { code, out, err } = await run(['--model', 'opus', '--', '-p', '--model', 'x y'], stubClaude(asking), {
      NEXUS_API_KEY: 'canary-key-0123456789',
      NEXUS_PORT: '1',
      NEXUS_HOST: '0.0.0.0',
      NEXUS_CLIENT_TOKEN: 'canary-token-0123456789',
      ANTHROPIC_API_KEY: 'stray',
    })
    expect([code, err]).toEqual([7, ''])
    const { args, env, said, wrong } = JSON.parse(out)
    expect([args, said, wrong]).toEqual([['-p', '--model', 'x y'], 'You said: Hello', 401])
    expect(env).toMatchObject({
      ANTHROPIC_BASE_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      ANTHROPIC_AUTH_TOKEN: expect.stringMatching(/^[\w-]{43}$/),
      ANTHROPIC_MODEL: 'claude-opus-4-6',
    })
    expect(env.ANTHROPIC_API_KEY).toBeUndefined()
    expect(out).not.toContain('canary')
    expect(fetch(env.ANTHROPIC_BASE_URL)).rejects.toThrow()
  })

  test('another token each time', async () => {
    const folder = stubClaude('console.log(process.env.ANTHROPIC_AUTH_TOKEN)')
    expect((await run([], folder)).out).not.toBe((await run([], folder)).out)
  })

  test('a log only where one was asked for', async () => {
    const file = join(temporaryFolder(), 'nexus.log')
    const { err } = await run(['--log-file', file], stubClaude(asking))
    expect(err).toBe('')
    expect(await Bun.file(file).text()).toContain('POST /v1/messages')
  })

  test('has what still ran at its end in that log', async () => {
    const file = join(temporaryFolder(), 'nexus.log')
    let release = (): void => {}
    const asked = new Promise<void>((resolve) => {
      release = resolve
    })
    // Nexus takes both questions, and answers none.
    const upstream = await rawServer(() => {
      if (upstream.sockets.length === 2) release()
    })
    const door = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: async () => {
        await asked
        return new Response()
      },
    })
    later(() => door.stop(true))
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

  test('passes a signal on, and tells what ended it', async () => {
    const folder = stubClaude(
      "process.on('SIGTERM', () => process.exit(9)); console.error('ready'); setInterval(() => {}, 1000)",
    )
    const polite = startCli(['claude', '--simulate'], { PATH: `${folder}:${process.env['PATH']}` })
    await polite.says(/ready/)
    polite.kill('SIGTERM')
    expect((await polite.ended).code).toBe(9)
    const killed = await run([], stubClaude("process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000)"))
    expect(killed.code).toBe(137)
  })

  test("settings that lead elsewhere are overruled by Claude Code's own means", async () => {
    const home = temporaryFolder()
    mkdirSync(join(home, '.claude'))
    writeFileSync(
      join(home, '.claude', 'settings.json'),
      JSON.stringify({ env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9', ANTHROPIC_AUTH_TOKEN: 'other' } }),
    )
    const { out } = await run(['--', '-p'], stubClaude(asking), { HOME: home })
    const { args, env } = JSON.parse(out)
    expect(args).toEqual(['--settings', JSON.stringify({ env: { ANTHROPIC_BASE_URL: env.ANTHROPIC_BASE_URL } }), '-p'])
    expect(env.ANTHROPIC_CUSTOM_HEADERS).toBe(`x-api-key: ${env.ANTHROPIC_AUTH_TOKEN}`)
  })
})

describe('wrong use', () => {
  test('no Claude Code: how to get it', async () => {
    const { code, out, err } = await cli(['claude', '--simulate'], { PATH: temporaryFolder() })
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('Claude Code was not found')
    expect(err).toContain('curl -fsSL https://claude.ai/install.sh | bash')
  })

  test('no key', async () => {
    const { code, err } = await cli(['claude'], { PATH: stubClaude('') })
    expect([code, err]).toEqual([2, expect.stringContaining('No AI Nexus key.') as never])
  })

  test.each([
    [['claude', '-p', 'Hello'], 'What is for Claude Code goes after --: nexus-claude-api claude -- ...'],
    [['claude', 'doctor'], 'What is for Claude Code goes after --: nexus-claude-api claude -- ...'],
    [['claude', '--port', '1'], 'Unknown flag --port.'],
  ])('%p', async (args, words) => {
    const { code, err } = await cli(args)
    expect([code, err]).toEqual([2, expect.stringContaining(words) as never])
  })
})
