import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundledPackages } from './release/bundled-packages.ts'
import { debName, toDeb } from './release/deb.ts'
import { packRelease } from './release/pack-release.ts'
import { project } from './release/project.ts'
import { accompany, folderName } from './release/release-contents.ts'
import { sbomName } from './release/sbom.ts'
import { parseSums, sumsName } from './release/sums.ts'
import { archiveName, programName, type Target, targets } from './release/targets.ts'
import { hasBareSystems, inBareSystem, makeBareSystem } from './support/bare-system.ts'
import { binary, root } from './support/binary.ts'

/** The published files for this machine. Run `bun run build` first. */

/** Packing compresses a hundred megabytes. */
const packingMs = 60_000
const os = process.platform
const found = targets.find((target) => target.os === os && target.arch === process.arch && !target.isBaseline)
if (found === undefined) throw new Error('no release has a program for this machine')
const target: Target = found

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nexus-package-')))
const children: Bun.Subprocess[] = []
const unpacked = join(folder, 'unpacked')
const released = join(folder, 'release')
const archive = archiveName(target, project.name, project.version)
const top = folderName(target)
const program = join(unpacked, top, programName(target, project.name))

const pack = (into: string): Promise<string[]> =>
  packRelease({
    folder: into,
    targets: [target],
    programOf: async () => readFileSync(binary),
    environment: { SOURCE_DATE_EPOCH: '1700000000' },
    onFile: () => undefined,
  })

const run = (command: readonly string[], options: { readonly cwd?: string } = {}) => {
  const { exitCode, stdout, stderr } = Bun.spawnSync([...command], { env: { PATH: process.env['PATH'] }, ...options })
  return { code: exitCode, out: stdout.toString(), err: stderr.toString() }
}

let missing: string[] = []
beforeAll(async () => {
  missing = await pack(released)
  mkdirSync(unpacked)
  // The tar of Windows reads zip, too.
  expect(run(['tar', '-xf', join(released, archive), '-C', unpacked])).toEqual({ code: 0, out: '', err: '' })
}, packingMs)

afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

describe('the archive', () => {
  test('has one folder with the program, its completions and licenses', () => {
    expect(readdirSync(unpacked)).toEqual([top])
    expect(readdirSync(join(unpacked, top), { recursive: true }).map(String).sort()).toEqual(
      [
        'LICENSE',
        'README.md',
        'THIRD_PARTY_NOTICES',
        'completions',
        join('completions', `_${project.name}`),
        join('completions', `${project.name}.bash`),
        join('completions', `${project.name}.fish`),
        join('completions', `${project.name}.ps1`),
        programName(target, project.name),
      ].sort(),
    )
    expect(run([program, '--version'])).toMatchObject({ code: 0, out: expect.stringContaining(project.version) })
  })

  test("contains the program's completions", () => {
    const files = { bash: `${project.name}.bash`, zsh: `_${project.name}`, fish: `${project.name}.fish` }
    for (const [shell, file] of Object.entries(files))
      expect(readFileSync(join(unpacked, top, 'completions', file), 'utf8')).toBe(
        run([program, 'completion', shell]).out,
      )
  })

  test(
    'is reproducible',
    async () => {
      const again = join(folder, 'again')
      expect(await pack(again)).toEqual(missing)
      expect(readFileSync(join(again, sumsName), 'utf8')).toBe(readFileSync(join(released, sumsName), 'utf8'))
    },
    packingMs,
  )

  test('contains no path of the build machine', () => {
    for (const path of readdirSync(unpacked, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    ))
      expect([path.name, readFileSync(join(path.parentPath, path.name)).includes(root)]).toEqual([path.name, false])
    expect(readFileSync(join(released, sbomName(project.name, project.version)), 'utf8')).not.toContain(root)
  })
})

describe('the files next to the archives', () => {
  test("are the sums, and a list of the program's packages", () => {
    const sums = parseSums(readFileSync(join(released, sumsName), 'utf8'))
    expect([...sums.keys()].sort()).toEqual([archive, sbomName(project.name, project.version)].sort())
    for (const [name, sum] of sums)
      expect(new Bun.CryptoHasher('sha256').update(readFileSync(join(released, name))).digest('hex')).toBe(sum)
    if (Bun.which('sha256sum') !== null)
      expect(run(['sha256sum', '--check', '--strict', '--quiet', sumsName], { cwd: released }).code).toBe(0)
  })

  test('list Bun and every bundled package with version, license and notice', async () => {
    const { components } = JSON.parse(readFileSync(join(released, sbomName(project.name, project.version)), 'utf8'))
    const packages = await bundledPackages()
    expect(packages.map(({ name }) => name)).toContain('elysia')
    expect(components.map(({ name, version }: { name: string; version: string }) => [name, version])).toEqual([
      ['bun', Bun.version],
      ...packages.map(({ name, version }) => [name, version]),
    ])
    const notices = readFileSync(join(unpacked, top, 'THIRD_PARTY_NOTICES'), 'utf8')
    for (const { name, version, license, licenseText = '' } of packages) {
      expect([name, license]).toEqual([name, expect.stringMatching(/^[\w.-]+$/)])
      expect(notices).toContain(`${name} ${version}: ${license}`)
      expect(notices).toContain(licenseText)
    }
  })

  test('do not include manifests while other archives are missing', () => {
    expect(missing.length).toBeGreaterThan(0)
    expect(existingManifests()).toEqual([])
  })
})

const existingManifests = (): string[] =>
  readdirSync(released).filter((name) => [`${project.name}.rb`, `${project.name}.json`, 'winget'].includes(name))

describe('the Debian package', () => {
  const isDebian = os === 'linux' && Bun.which('dpkg-deb') !== null
  test.if(isDebian)(
    'can be read by dpkg-deb, and has all its files',
    async () => {
      const path = join(folder, debName(target))
      const accompaniment = accompany(await bundledPackages(), 1_700_000_000)
      await Bun.write(path, toDeb(target, readFileSync(binary), accompaniment))
      const field = (name: string): string => run(['dpkg-deb', '--field', path, name]).out.trim()
      expect([field('Package'), field('Version'), field('Architecture')]).toEqual([
        project.name,
        project.version.replace('-', '~'),
        target.arch === 'x64' ? 'amd64' : 'arm64',
      ])
      const system = join(folder, 'debian')
      expect(run(['dpkg-deb', '--extract', path, system])).toEqual({ code: 0, out: '', err: '' })
      const files = readdirSync(join(system, 'usr'), { recursive: true, withFileTypes: true })
      const name = project.name
      expect(
        files
          .filter((file) => file.isFile())
          .map((file) => join(file.parentPath, file.name).slice(system.length))
          .sort(),
      ).toEqual([
        `/usr/bin/${name}`,
        `/usr/share/bash-completion/completions/${name}`,
        `/usr/share/doc/${name}/THIRD_PARTY_NOTICES`,
        `/usr/share/doc/${name}/changelog.gz`,
        `/usr/share/doc/${name}/copyright`,
        `/usr/share/fish/vendor_completions.d/${name}.fish`,
        `/usr/share/lintian/overrides/${name}`,
        `/usr/share/zsh/vendor-completions/_${name}`,
      ])
      expect(run([join(system, 'usr', 'bin', name), '--version']).code).toBe(0)
    },
    packingMs,
  )
})

/** Starts the program, and sends it one request. */
const runAndFetch = async (command: readonly string[]) => {
  const child = Bun.spawn([...command], {
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '' },
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  })
  children.push(child)
  const address = Promise.withResolvers<string>()
  const read = async (): Promise<string> => {
    let said = ''
    const decoder = new TextDecoder()
    for await (const chunk of child.stderr) {
      said += decoder.decode(chunk, { stream: true })
      const url = /Address +(http:\S+)/.exec(said)?.[1]
      if (url !== undefined) address.resolve(url)
    }
    address.reject(new Error(`it did not start: ${said}`))
    return said
  }
  const everything = read()
  const response = await fetch(`${await address.promise}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  const answer = await response.json()
  child.kill('SIGTERM')
  return { answer, code: await child.exited, said: await everything }
}

const hello = { content: [{ type: 'text', text: 'You said: Hello' }] }

describe.if(hasBareSystems())('in an empty system', () => {
  const inside = `/${top}/${project.name}`
  const bare = join(folder, 'bare')
  beforeAll(() => {
    mkdirSync(bare)
    run(['tar', '-xf', join(released, archive), '-C', bare])
    makeBareSystem(bare, program)
  })

  test('the program serves without a home folder, on a read-only file system', async () => {
    const { answer, code } = await runAndFetch(inBareSystem(bare, [inside, 'start', '--simulate', '--port', '0']))
    expect({ answer, code }).toMatchObject({ answer: hello, code: 0 })
  })

  test('the program serves with a full disk for its log, and reports that once', async () => {
    const flags = ['start', '--simulate', '--port', '0', '--log-file', '/small-disk/server.log']
    const { answer, code, said } = await runAndFetch(inBareSystem(bare, [inside, ...flags]))
    expect({ answer, code }).toMatchObject({ answer: hello, code: 0 })
    expect(said.match(/ENOSPC|no space|full/gi)).toHaveLength(1)
  })
})

test.if(os !== 'win32')('the program serves without HOME', async () => {
  const { answer, code } = await runAndFetch(['env', '-i', program, 'start', '--simulate', '--port', '0'])
  expect({ answer, code }).toMatchObject({ answer: hello, code: 0 })
})
