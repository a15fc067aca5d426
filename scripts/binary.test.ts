import { afterAll, describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTokenServer } from '../src/simulator/anthropic/token-server.ts'
import { productName, version } from '../src/version.ts'
import { binary } from './support/binary.ts'

/** Tests of the built program. Run `bun run build` first. */

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nexus-binary-')))
const marker = join(folder, 'code-was-run')
const children: Bun.Subprocess[] = []

afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** A folder with the files of a hostile repository. */
const hostileFolder = join(folder, 'repository')
mkdirSync(hostileFolder)
writeFileSync(
  join(hostileFolder, '.env'),
  'NEXUS_API_KEY=from-the-repository\nNEXUS_ENDPOINT_URL=http://203.0.113.9\nNEXUS_PORT=7\n',
)
writeFileSync(join(hostileFolder, '.env.local'), 'NEXUS_API_KEY=from-the-repository\n')
writeFileSync(join(hostileFolder, 'evil.ts'), `require('node:fs').writeFileSync(${JSON.stringify(marker)}, 'yes')\n`)
writeFileSync(join(hostileFolder, 'bunfig.toml'), 'preload = ["./evil.ts"]\n[run]\nbun = true\n')
writeFileSync(join(hostileFolder, 'package.json'), '{"name":"evil","type":"commonjs"}')
writeFileSync(join(hostileFolder, 'tsconfig.json'), '{"compilerOptions":{"jsxImportSource":"./evil"}}')
writeFileSync(join(hostileFolder, `${productName}.local.json`), '{"endpointUrl":"http://203.0.113.9"}')

const start = (args: readonly string[], environment: Record<string, string> = {}) => {
  const child = Bun.spawn([binary, ...args], {
    cwd: hostileFolder,
    env: { HOME: folder, PATH: process.env['PATH'] ?? '', ...environment },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  children.push(child)
  return child
}

const run = async (args: readonly string[], environment: Record<string, string> = {}) => {
  const child = start(args, environment)
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { code: await child.exited, out, err }
}

/** Waits for the address that the server prints. */
const serving = async (args: readonly string[]): Promise<{ url: string; child: Bun.Subprocess }> => {
  const child = start(args)
  let said = ''
  const decoder = new TextDecoder()
  for await (const chunk of child.stderr) {
    said += decoder.decode(chunk, { stream: true })
    const url = /Address +(http:\S+)/.exec(said)?.[1]
    if (url !== undefined) return { url, child }
  }
  throw new Error(`it did not start: ${said}`)
}

describe('the binary', () => {
  test('is there', () => {
    expect(existsSync(binary)).toBe(true)
  })

  test('serves one port with several processes of itself (OP-K7)', async () => {
    const { url, child } = await serving(['start', '--simulate', '--port', '0', '--workers', '2', '--metrics', 'on'])
    const send = (): Promise<Response> =>
      fetch(`${url}/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', connection: 'close' },
        body: JSON.stringify({ model: 'sonnet', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] }),
      })
    const answers = await Promise.all(Array.from({ length: 20 }, send))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    await Promise.all(answers.map((answer) => answer.text()))
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/requests_total\{[^}]*"messages"[^}]*\} 20\n/)
    const workers = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ')
    // On a machine with one core, the server uses one process.
    expect(workers.filter(Boolean)).toHaveLength(availableParallelism() > 1 ? 2 : 0)
    child.kill('SIGTERM')
    expect(await child.exited).toBe(0)
    expect(existsSync(marker)).toBe(false)
  })

  test('--version, --help', async () => {
    expect((await run(['--version'])).out).toContain(`${productName} ${version}`)
    const { code, out } = await run(['start', '--help'])
    expect([code, out.includes('--endpoint-url')]).toEqual([0, true])
  })

  test('prints completions for every shell, also those that need a library', async () => {
    for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
      const { code, out, err } = await run(['completion', shell])
      expect([code, err, out.includes(`${productName} complete `)]).toEqual([0, '', true])
    }
    expect(await run(['complete', '--', 'sim'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^simulate\t.*\n:4\n$/),
    })
  })

  test('ignores .env and bunfig.toml of the working folder', async () => {
    const missing = await run(['start'])
    expect([missing.code, missing.err.includes('No AI Nexus key')]).toEqual([2, true])
    const { err } = await run(['start', '--dry-run'], { NEXUS_API_KEY: 'mine' })
    expect(err).toMatch(/port +4141 +default/)
    expect(err).not.toContain('203.0.113.9')
    expect(existsSync(marker)).toBe(false)
  })

  test('serves every endpoint, and validates like the sources', async () => {
    const { url, child } = await serving(['--simulate', '--port', '0'])
    const post = (body: unknown, path = '/v1/messages'): Promise<Response> =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
    const ask = { model: 'sonnet', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] }
    expect(await (await post(ask)).json()).toMatchObject({
      type: 'message',
      model: 'sonnet',
      content: [{ type: 'text', text: 'You said: Hello' }],
    })
    expect(await (await post({ ...ask, stream: true })).text()).toContain('event: message_stop')
    expect(
      await (await post({ ...ask, messages: [{ role: 'user', content: [{ type: 'text' }] }] })).json(),
    ).toMatchObject({ error: { message: 'messages.0.content.0.text: Field required' } })
    expect((await post('{')).status).toBe(400)
    expect(await (await post(ask, '/v1/messages/count_tokens')).json()).toEqual({ input_tokens: expect.any(Number) })
    expect((await fetch(`${url}/v1/models`)).status).toBe(200)
    expect((await fetch(`${url}/v1/messages`)).status).toBe(405)
    expect((await fetch(`${url}/nothing`)).status).toBe(404)
    expect((await fetch(`${url}/health`, { headers: { host: 'evil.example' } })).status).toBe(403)

    const second = await run(['--simulate', '--port', new URL(url).port])
    expect([second.code, second.err.includes(`is in use by another ${productName}`)]).toEqual([2, true])
    child.kill('SIGTERM')
    expect(await child.exited).toBe(0)
    // Standard output is for scripts: no library may print to it. Elysia printed for minified handlers.
    expect(await new Response(child.stdout as ReadableStream).text()).toBe('')
  })

  test('simulates', async () => {
    const child = start(['simulate', '--port', '0'])
    let said = ''
    for await (const chunk of child.stdout) {
      said += new TextDecoder().decode(chunk)
      if (said.includes('\n')) break
    }
    const endpoint = /--endpoint-url (\S+)/.exec(said)?.[1]
    const response = await fetch(`${endpoint}/model/claude-haiku-4.5/converse`, {
      method: 'POST',
      headers: { authorization: 'Bearer any' },
      body: JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'Hello' }] }] }),
    })
    expect(await response.json()).toMatchObject({ output: { message: { content: [{ text: 'You said: Hello' }] } } })
    child.kill('SIGTERM')
    expect(await child.exited).toBe(0)
  })

  test('renews an OAuth credential, with a library that it loads only then (AU-O2)', async () => {
    const server = startTokenServer()
    try {
      const { accessToken, refreshToken } = server.tokens.issue('user:inference', 3600)
      const path = join(folder, 'team.example.credentials.json')
      writeFileSync(path, JSON.stringify({ type: 'oauth', oauth: { accessToken, refreshToken, expiresAt: 0 } }))
      const { code, err } = await run(
        ['auth', 'refresh', 'team.example', '--credentials-dir', folder, '--allow-oauth'],
        {
          CLAUDE_OAUTH_TOKEN_URL: server.tokenUrl,
        },
      )
      expect([code, err.includes('is renewed')]).toEqual([0, true])
      const renewed: unknown = JSON.parse(readFileSync(path, 'utf8')).oauth.accessToken
      expect(server.tokens.isValid(String(renewed))).toBe(true)
    } finally {
      await server.stop()
    }
  })
})
