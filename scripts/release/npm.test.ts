import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { version } from '../../src/version.ts'
import { binary, root } from '../support/binary.ts'
import { noticesName } from './notices.ts'
import { folderWith, hasNpm, npmEnvironment, own, ownPackage, run } from './npm/installation.ts'
import { packPlatform, packWrapper } from './npm/pack.ts'
import { npmTargets, platformList, platformManifest, platformPackage, wrapperManifest } from './npm/packages.ts'
import { project } from './project.ts'
import { targets } from './targets.ts'

/** The npm packages with this machine's program, installed like by a user. Run `bun run build` first. */

const isHeld = own !== undefined && hasNpm
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nexus-npm-')))
const environment = npmEnvironment(join(folder, 'home'))
const children: Bun.Subprocess[] = []
let wrapper = ''
let platform = ''

/** Packing and installing 100 MB. */
const longMs = 120_000

beforeAll(async () => {
  if (!isHeld || own === undefined) return
  const options = { folder: join(folder, 'packages'), tarballs: join(folder, 'tarballs') }
  ;[wrapper, platform] = [await packWrapper(options), await packPlatform(own, binary, options)]
  folderWith(join(folder, 'app'), [wrapper, platform])
}, longMs)

afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const app = join(folder, 'app')
const command = join(app, 'node_modules', '.bin', project.name)
const inApp = (words: readonly string[], more: Record<string, string> = {}) =>
  run(words, app, { ...environment, ...more })

describe('the packages', () => {
  test('one package exists for each supported machine, all with the same version', () => {
    const kinds = (list: typeof targets): string[] =>
      [...new Set(list.map(({ os, arch, libc }) => [os, arch, libc].join(' ')))].sort()
    expect(kinds(npmTargets)).toEqual(kinds(targets))
    expect(npmTargets.map((target) => [target.os, target.arch, target.libc].join(' ')).sort()).toEqual(kinds(targets))
    expect(wrapperManifest()).toMatchObject({
      version: project.version,
      optionalDependencies: Object.fromEntries(npmTargets.map((target) => [platformPackage(target), project.version])),
    })
    for (const target of npmTargets)
      expect(platformManifest(target)).toMatchObject({ version: project.version, os: [target.os], cpu: [target.arch] })
    expect(platformList()).toHaveLength(npmTargets.length)
  })

  test('the packages have no install scripts and no other dependencies', () => {
    for (const manifest of [wrapperManifest(), ...npmTargets.map(platformManifest)])
      for (const name of ['scripts', 'dependencies', 'private']) expect(manifest).not.toHaveProperty(name)
  })
})

describe.skipIf(!isHeld)('installed from tarballs, without a registry', () => {
  test(
    'npm installs them, without the programs of other machines',
    async () => {
      const files = [wrapper, platform].map((path) => `./${basename(path)}`)
      const { code, err } = await inApp(['npm', 'install', '--offline', '--ignore-scripts', ...files])
      expect([code, err]).toEqual([0, ''])
      expect(readdirSync(join(app, 'node_modules', `@${project.name}`))).toEqual([basename(ownPackage)])
      // The package with the program has the notices of third-party licenses.
      expect(readdirSync(join(app, 'node_modules', ownPackage)).sort()).toEqual(
        ['LICENSE', 'README.md', noticesName, project.name, 'package.json'].sort(),
      )
    },
    longMs,
  )

  test('programs import the function for other runtimes, with its types (OP-X1)', async () => {
    const program = `import { createFetch, type FetchOptions, optionsFromEnvironment } from '${project.name}/fetch'
const options: FetchOptions = { ...optionsFromEnvironment({ NEXUS_API_KEY: 'key' }), requireToken: false, openai: { modelMap: { a: 'b' } } }
const answer: Response = await createFetch(options, { log: () => {} })(new Request('http://localhost/health'), () => '192.0.2.1')
const health: { readonly status?: string } = await answer.json()
if (health.status !== 'healthy') throw new Error('it is not healthy')
`
    writeFileSync(join(app, 'program.mts'), program)
    const tsc = join(root, 'node_modules', '.bin', 'tsc')
    const flags = [
      '--strict',
      '--exactOptionalPropertyTypes',
      '--module',
      'nodenext',
      '--target',
      'esnext',
      '--types',
      '',
    ]
    expect(await inApp([tsc, ...flags, 'program.mts'])).toEqual({ code: 0, out: '', err: '' })
    expect(await inApp([process.execPath, 'program.mjs'])).toMatchObject({ code: 0, err: '' })
    writeFileSync(join(app, 'wrong.mts'), program.replace("a: 'b'", 'a: 1'))
    expect((await inApp([tsc, ...flags, 'wrong.mts'])).out).toContain(
      "Type 'number' is not assignable to type 'string'",
    )
  })

  test('npx runs the command, and passes on arguments, output and exit codes', async () => {
    const npx = ['npx', '--no-install', project.name]
    expect(await inApp([...npx, '--version'])).toEqual({
      code: 0,
      out: expect.stringContaining(`${project.name} ${version} (`),
      err: '',
    })
    const wrong = await inApp([...npx, 'start', '--prot', '1'])
    expect([wrong.code, wrong.out, wrong.err.includes('Did you mean --port?')]).toEqual([2, '', true])
    expect(await inApp([command, 'models', 'a b', '--json'])).toMatchObject({ code: 2, out: '' })
    expect((await inApp([...npx, 'health', '--port', '1'])).code).toBe(1)
  })

  /** The shim with a server behind it. */
  const serving = async (before: readonly string[] = []) => {
    const child = Bun.spawn([...before, command, 'start', '--simulate', '--port', '0'], {
      cwd: app,
      env: environment,
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'pipe',
    })
    children.push(child)
    const reader = child.stderr.getReader()
    const decoder = new TextDecoder()
    let said = ''
    while (true) {
      const { value, done } = await reader.read()
      if (done) throw new Error(`it did not start: ${said}`)
      said += decoder.decode(value, { stream: true })
      const url = /Address +(http:\S+)/.exec(said)?.[1]
      if (url !== undefined) return { url, child, reader }
    }
  }
  const isThere = (url: string): Promise<boolean> =>
    fetch(`${url}/health`).then(
      () => true,
      () => false,
    )

  test("the program serves, and stops cleanly by the shim's signals", async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const { url, child } = await serving()
      const answer = await fetch(`${url}/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'sonnet', max_tokens: 10, messages: [{ role: 'user', content: 'Hello' }] }),
      })
      expect(await answer.json()).toMatchObject({ content: [{ text: 'You said: Hello' }] })
      child.kill(signal)
      expect([signal, await child.exited]).toEqual([signal, 0])
      expect(await isThere(url)).toBe(false)
    }
  })

  test('without a terminal, for example with nohup, a hang-up ends neither the shim nor the program', async () => {
    const { url, child } = await serving(['nohup'])
    const { pid } = (await (await fetch(`${url}/health`)).json()) as { pid: number }
    child.kill('SIGHUP')
    process.kill(pid, 'SIGHUP')
    // A stopping server refuses new requests.
    expect((await fetch(`${url}/v1/models`)).status).toBe(200)
    child.kill('SIGTERM')
    expect(await child.exited).toBe(0)
  })

  test("the exit code after a signal is the shell's: 128 plus its number", async () => {
    const { url, child } = await serving()
    const { pid } = (await (await fetch(`${url}/health`)).json()) as { pid: number }
    expect(pid).not.toBe(child.pid)
    process.kill(pid, 'SIGKILL')
    expect(await child.exited).toBe(128 + 9)
  })
})

/** A registry with the metadata of every package, and this machine's tarballs. */
const startRegistry = () => {
  const requestedPaths: string[] = []
  const manifests = [wrapperManifest(), ...npmTargets.map(platformManifest)]
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      const path = decodeURIComponent(new URL(request.url).pathname).slice(1)
      requestedPaths.push(path)
      const tarball = [wrapper, platform].find((candidate) => basename(candidate) === basename(path))
      if (tarball !== undefined) return new Response(Bun.file(tarball))
      const manifest = manifests.find(({ name }) => name === path)
      if (manifest === undefined) return new Response('{}', { status: 404 })
      const file = `${String(manifest['name']).replace(/^@/, '').replace('/', '-')}-${version}.tgz`
      const dist = { tarball: new URL(`/tarballs/${file}`, request.url).href }
      return Response.json({
        name: path,
        'dist-tags': { latest: version },
        versions: { [version]: { ...manifest, dist } },
      })
    },
  })
  return { url: `http://127.0.0.1:${server.port}`, requestedPaths, stop: () => server.stop(true) }
}

describe.skipIf(!isHeld)('from a registry', () => {
  test(
    "npx downloads only the command and this machine's program",
    async () => {
      const registry = startRegistry()
      const home = join(folder, 'other-home')
      const outcome = await run(
        ['npx', '--yes', `${project.name}@${version}`, '--version'],
        home,
        npmEnvironment(home, registry.url),
      )
      await registry.stop()
      expect(outcome).toMatchObject({ code: 0, out: expect.stringContaining(`${project.name} ${version} (`) })
      const fetched = registry.requestedPaths.filter((path) => path.endsWith('.tgz')).map((path) => basename(path))
      expect(fetched.sort()).toEqual([basename(platform), basename(wrapper)].sort())
    },
    longMs,
  )
})
