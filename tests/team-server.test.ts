import { expect, test } from 'bun:test'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../scripts/support/free-port.ts'
import { startSimulator } from '../src/simulator/server.ts'
import { afterTest } from './support/cleanup.ts'
import { entry, temporaryFolder } from './support/cli.ts'

/** Runs the commands of "A team server, step by step" in docs/operate.md, in their order. */

const read = (...path: string[]): string => readFileSync(join(import.meta.dir, '..', ...path), 'utf8')
const page = read('docs', 'operate.md')
const section = /\n## A team server, step by step\n([\s\S]*?)\n## /.exec(page)?.[1] ?? ''

interface Block {
  readonly language: string
  readonly text: string
}

const blocks: readonly Block[] = [...section.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(
  ([, language = '', text = '']) => ({ language, text }),
)

/** Starts what the unit starts; everything else of systemd is not needed. */
const systemctl = `#!/bin/sh
case "$*" in *enable*) ;; *) exit 0 ;; esac
command=$(sed -n 's/^ExecStart=//p' "$HOME/.config/systemd/user/nexus-claude-api.service")
$command > "$HOME/server.log" 2>&1 &
echo $! > "$HOME/server.pid"
until grep -q Address "$HOME/server.log"; do kill -0 $! && sleep 0.05; done
`

/** Sends one message, as Claude Code does. */
const claude = `
const url = process.env.ANTHROPIC_BASE_URL + '/v1/messages'
const answer = await fetch(url, {
  method: 'POST',
  headers: { authorization: 'Bearer ' + process.env.ANTHROPIC_AUTH_TOKEN, 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'sonnet', max_tokens: 20, messages: [{ role: 'user', content: 'hello' }] }),
})
console.log(answer.status, (await answer.json()).content?.[0]?.text)
`

const setUp = (port: number, upstream: string) => {
  const home = temporaryFolder()
  const bin = join(home, 'bin')
  mkdirSync(bin)
  const install = (name: string, text: string): void => {
    writeFileSync(join(bin, name), text)
    chmodSync(join(bin, name), 0o755)
  }
  const bun = process.execPath
  install('nexus-claude-api', `#!/bin/sh\nexec "${bun}" "${entry}" "$@"\n`)
  install('systemctl', systemctl)
  install('loginctl', '#!/bin/sh\n')
  writeFileSync(join(bin, 'claude.ts'), claude)
  install('claude', `#!/bin/sh\nexec "${bun}" "${join(bin, 'claude.ts')}"\n`)
  const environment = {
    HOME: home,
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    NEXUS_PORT: String(port),
    NEXUS_ENDPOINT_URL: upstream,
  }
  afterTest(() => {
    const pid = join(home, 'server.pid')
    if (existsSync(pid)) process.kill(Number(readFileSync(pid, 'utf8')), 'SIGKILL')
  })
  /** Ends at the first command that fails. */
  const run = async (script: string): Promise<string> => {
    const shell = Bun.spawn(['sh', '-eu', '-c', script], {
      cwd: home,
      env: environment,
      stdin: new Blob(['the-key-of-the-company\n']),
      stdout: 'pipe',
      stderr: 'pipe',
    })
    const [out, err] = await Promise.all([new Response(shell.stdout).text(), new Response(shell.stderr).text()])
    expect([script, await shell.exited, err]).toEqual([script, 0, expect.any(String) as never])
    return out
  }
  return { home, run }
}

const jsonBlock = blocks.find(({ language }) => language === 'json')?.text ?? ''

test('the steps of docs/operate.md lead to a server for three clients (OP-A5, OP-U1, OP-W4)', async () => {
  const port = freePort()
  const { url, stop } = startSimulator({ scenario: () => ({ content: [{ text: 'Hello, team.' }] }) })
  afterTest(stop)
  const { home, run } = setUp(port, url)
  const folder = join(home, '.config', 'nexus-claude-api')
  mkdirSync(folder, { recursive: true })
  // Stays on this machine.
  writeFileSync(join(folder, 'config.json'), jsonBlock.replace('0.0.0.0', '127.0.0.1'))

  const [key = '', certificate = '', clients = '', start = '', connect = '', see = '', change = '', ...others] = blocks
    .filter(({ language }) => language === 'sh')
    .map(({ text }) => text)
  expect(others).toEqual([])
  await run(key)
  await run(certificate)
  const [alice = '', bob = ''] = (await run(clients)).trim().split('\n')
  expect(bob).toMatch(/^nxc_[\w-]{43}$/)
  await run(start)

  const connected = connect
    .replace('claude.example.com:4141', `localhost:${port}`)
    .replace('nxc_...', bob)
    .replace('~/cert.pem', join(folder, 'cert.pem'))
  expect(await run(connected)).toBe('200 Hello, team.\n')

  const tls = { ca: readFileSync(join(folder, 'cert.pem'), 'utf8') }
  const get = (path: string) =>
    fetch(`https://localhost:${port}${path}`, { headers: { authorization: `Bearer ${alice}` }, tls })
  const metrics = await (await get('/metrics')).text()
  expect(metrics).toContain('nexus_claude_api_client_requests_total{client="bob"} 1')
  expect((await get('/dashboard')).status).toBe(200)
  // The server writes the history a moment after its answers.
  await run('until nexus-claude-api usage | grep total; do :; done')
  const seen = await run(see)
  expect(seen).toMatch(/^bob +1 +0 /m)
  expect(seen).toContain('est. USD')

  const changed = await run(change)
  expect(changed).toMatch(/^nxc_[\w-]{43}$/m)
  expect(await run(connected)).toBe('200 Hello, team.\n')
}, 60_000)

test('deploy/team has the same settings, with the paths of its volume', () => {
  const file = JSON.parse(read('deploy', 'team', 'config.json'))
  const { history, ...others } = JSON.parse(jsonBlock.replaceAll('~/.config/nexus-claude-api', '/data'))
  expect(file).toEqual({ ...others, history: { ...history, file: '/data/usage.sqlite' } })
  const { services } = Bun.YAML.parse(read('deploy', 'team', 'compose.yaml')) as {
    services: Record<string, Record<string, unknown>>
  }
  expect(services['nexus-claude-api']).toMatchObject({
    environment: { NEXUS_CONFIG: '/config.json', NEXUS_API_KEY: expect.stringMatching(/^\$\{NEXUS_API_KEY:\?/) },
    volumes: ['./config.json:/config.json:ro', './data:/data'],
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
  })
})
