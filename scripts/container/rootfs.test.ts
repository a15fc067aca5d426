import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { V1ConfigMap, V1Deployment, V1Secret } from '@kubernetes/client-node'
import { version } from '../../src/version.ts'
import { manifestFiles } from '../../tests/support/kubernetes.ts'
import { project } from '../release/project.ts'
import { binary } from '../support/binary.ts'

/**
 * Runs the program in the file system of the image, without a container engine: read-only, as user 65532, as process 1.
 * Run `bun run build` first.
 */

const user = 65532
const manifest = <Kind>(path: string): Kind => manifestFiles.get(path)?.[0] as Kind

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nexus-rootfs-')))
const rootfs = join(folder, 'root')
const program = `/usr/local/bin/${project.name}`
const token = 'token-of-this-test'
const children: Bun.Subprocess[] = []

/** The steps of a container engine before it starts a program. The namespaces end with the program. */
const enter = `set -e
mount --bind "$0" "$0"
mount -o remount,bind,ro "$0"
mount -t proc proc "$0/proc"
exec chroot --userspec=65532:65532 "$0" "$@"`
const inContainer = (words: readonly string[]): string[] => [
  ...['unshare', '--mount', '--pid', '--fork', '--kill-child', '--', 'sh', '-c', enter, rootfs],
  ...words,
]

/** The program, its libraries, root certificates and a user, like in gcr.io/distroless/cc. */
const buildRootfs = (): void => {
  const open = 0o1777
  for (const name of ['usr/local/bin', 'etc', 'home/nonroot', 'proc', 'tmp'])
    mkdirSync(join(rootfs, name), { recursive: true })
  // With these permissions, only the read-only file system can make a write fail.
  chmodSync(join(rootfs, 'tmp'), open)
  copyFileSync(binary, join(rootfs, program))
  const linked = Bun.spawnSync(['ldd', binary]).stdout.toString()
  for (const [path] of linked.matchAll(/\/\S+(?= \()/g)) {
    mkdirSync(join(rootfs, dirname(path)), { recursive: true })
    copyFileSync(realpathSync(path), join(rootfs, path))
  }
  const bundle = '/etc/ssl/certs/ca-certificates.crt'
  if (existsSync(bundle)) cpSync(bundle, join(rootfs, bundle))
  writeFileSync(
    join(rootfs, 'etc/passwd'),
    'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n',
  )
  writeFileSync(join(rootfs, 'etc/group'), 'root:x:0:\nnonroot:x:65532:\n')
}

/** Whether this is root on a Linux that allows namespaces: most build machines in containers do not. */
const isAllowed = (): boolean => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  if (['unshare', 'chroot', 'ldd', 'mount'].some((name) => Bun.which(name) === null)) return false
  const probe = [
    'unshare',
    '--mount',
    '--pid',
    '--fork',
    'sh',
    '-c',
    'mount --bind /tmp /tmp && mount -o remount,bind,ro /tmp && mount -t proc proc /proc',
  ]
  return Bun.spawnSync(probe, { stdout: 'ignore', stderr: 'ignore' }).exitCode === 0
}
const canContain = isAllowed()

beforeAll(() => {
  if (canContain) buildRootfs()
})

afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const environment = {
  HOME: '/home/nonroot',
  PATH: '/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin',
  NEXUS_HOST: '0.0.0.0',
  NEXUS_CLIENT_TOKEN: token,
}

const start = (words: readonly string[], more: Record<string, string> = {}) => {
  const child = Bun.spawn(inContainer([program, ...words]), {
    env: { ...environment, ...more },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  children.push(child)
  return child
}

const run = async (words: readonly string[], more?: Record<string, string>) => {
  const child = start(words, more)
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { code: await child.exited, out, err }
}

/** Waits for the address that the server prints. `said` is the output so far. */
const serving = async (words = ['start', '--simulate'], more: Record<string, string> = {}) => {
  const child = start(words, { ...more, NEXUS_PORT: '0' })
  const decoder = new TextDecoder()
  let said = ''
  for await (const chunk of child.stderr) {
    said += decoder.decode(chunk, { stream: true })
    const port = /(?:Address +|"address":")http:[^\s"]+:(\d+)/.exec(said)?.[1]
    if (port !== undefined) return { child, port, said }
  }
  throw new Error(`it did not start: ${said}`)
}

/** The process id on this machine; inside, it is process 1. */
const pidInside = (pid: number): number => Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim())

describe.skipIf(!canContain)('in a container', () => {
  test('starts, so it has all files that it needs', async () => {
    expect(await run(['--version'])).toEqual({
      code: 0,
      out: expect.stringContaining(`${project.name} ${version} (`),
      err: '',
    })
  })

  test('serves through its published port, reports its health, and stops cleanly as process 1', async () => {
    const { child, port, said } = await serving()
    expect(said).not.toContain('warning:')
    const inside = pidInside(child.pid)
    const status = readFileSync(`/proc/${inside}/status`, 'utf8')
    expect([/^NSpid:.*\t1$/m.test(status), /^Uid:\t65532\t65532/m.test(status)]).toEqual([true, true])

    const health = await run(['health'], { NEXUS_PORT: port })
    expect(health).toEqual({
      code: 0,
      out: `healthy: ${project.name} ${version} at http://127.0.0.1:${port} (process 1)\n`,
      err: '',
    })
    const send = (headers: Record<string, string>): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model: 'sonnet', max_tokens: 10, messages: [{ role: 'user', content: 'Hello' }] }),
      })
    expect((await send({})).status).toBe(401)
    for (const host of [`127.0.0.1:${port}`, 'localhost:4141', 'nexus-claude-api:4141'])
      expect(await (await send({ 'x-api-key': token, host })).json()).toMatchObject({
        content: [{ text: 'You said: Hello' }],
      })

    process.kill(inside, 'SIGTERM')
    expect(await child.exited).toBe(0)
    expect(await run(['health'], { NEXUS_PORT: port })).toMatchObject({ code: 1, out: '' })
  })

  test('the file system is read-only, and a secret can be a file', async () => {
    const log = await run(['start', '--simulate', '--dry-run', '--log-file', '/tmp/x.log'])
    expect([log.code, log.err]).toEqual([2, expect.stringContaining('/tmp/x.log cannot be written (EROFS)')])
    mkdirSync(join(rootfs, 'run/secrets'), { recursive: true })
    writeFileSync(join(rootfs, 'run/secrets/key'), 'a-key-of-this-test\n')
    const { code, err } = await run(['start', '--dry-run'], { NEXUS_API_KEY_FILE: '/run/secrets/key' })
    expect([code, err]).toEqual([0, expect.stringMatching(/apiKey +\S+ \S+ +NEXUS_API_KEY_FILE/)])
  })

  test('the Deployment of deploy/kubernetes serves with the files that the kubelet mounts (OP-K6)', async () => {
    const mount = (path: string, files: Readonly<Record<string, string>> = {}): void => {
      mkdirSync(join(rootfs, path), { recursive: true })
      for (const [name, text] of Object.entries(files)) {
        const file = join(rootfs, path, name)
        writeFileSync(file, text)
        // As with fsGroup 65532 and defaultMode 0440.
        chownSync(file, 0, user)
        chmodSync(file, 0o440)
      }
    }
    mount('etc/nexus-claude-api', manifest<V1ConfigMap>('configmap.yaml').data)
    const secrets = manifest<V1Secret>('secret.example.yaml').stringData ?? {}
    mount('run/secrets/nexus-claude-api', secrets)
    const { args = [], env = [] } = manifest<V1Deployment>('deployment.yaml').spec?.template.spec?.containers[0] ?? {}
    const variables = Object.fromEntries(env.map(({ name, value = '' }) => [name, value]))
    const { child, port, said } = await serving([...args, '--simulate'], { ...variables, NEXUS_CLIENT_TOKEN: '' })
    expect(said).not.toContain('"level":"warn"')
    expect((await fetch(`http://127.0.0.1:${port}/ready`)).status).toBe(200)
    const headers = { 'x-api-key': secrets['client-token'] ?? '' }
    expect((await fetch(`http://127.0.0.1:${port}/v1/models`, { headers })).status).toBe(200)
    child.kill('SIGKILL')
  })
})
