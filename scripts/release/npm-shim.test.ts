import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { version } from '../../src/version.ts'
import { folderWith, hasNpm, npmEnvironment, own, ownPackage, run } from './npm/installation.ts'
import { packWrapper } from './npm/pack.ts'
import { platformList } from './npm/packages.ts'
import { project } from './project.ts'

/** The npm package with only the command, and with small scripts in place of our programs. */

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nexus-npm-shim-')))
const environment = npmEnvironment(join(folder, 'home'))
const children: Bun.Subprocess[] = []
const isHeld = own !== undefined && hasNpm
let wrapper = ''

/** npm takes a second, more on a busy machine. */
const longMs = 60_000

beforeAll(async () => {
  wrapper = await packWrapper({ folder: join(folder, 'packages'), tarballs: join(folder, 'tarballs') })
})

afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

describe.skipIf(!isHeld)('without the program', () => {
  const bare = join(folder, 'bare')
  const scope = join(bare, 'node_modules', `@${project.name}`)
  const runBare = () => run([join(bare, 'node_modules', '.bin', project.name), '--version'], bare, environment)

  test(
    'without optional dependencies, the error names the missing package and the command that installs it',
    async () => {
      folderWith(bare, [wrapper])
      const args = ['install', '--offline', '--omit=optional', `./${basename(wrapper)}`]
      expect((await run(['npm', ...args], bare, environment)).code).toBe(0)
      const { code, out, err } = await runBare()
      expect([code, out]).toEqual([1, ''])
      expect(err).toStartWith(`error: The program for this machine is not installed:\n${ownPackage} is missing.\n`)
      expect(err).toContain(`\n  npm install ${project.name}@${version} --include=optional\n`)
      for (const line of err.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    },
    longMs,
  )

  /** Installs a script in place of a program. */
  const place = (packageName: string, program: string, text: string, mode: number): void => {
    mkdirSync(join(scope, basename(packageName)), { recursive: true })
    writeFileSync(join(scope, basename(packageName), program), text, { mode })
  }

  test('node_modules from another system', async () => {
    const [foreign] = platformList().filter(({ os }) => os !== process.platform)
    if (foreign === undefined) throw new Error('only one system is supported')
    place(foreign.package, foreign.program, '', 0o644)
    const { code, err } = await runBare()
    expect(code).toBe(1)
    expect(err).toContain(`${ownPackage} is missing, but ${foreign.package} is installed.\n`)
    expect(err).toContain('delete node_modules, then run npm install.')
  })

  test('a program without permission to run', async () => {
    place(ownPackage, project.name, '', 0o644)
    const { code, err } = await runBare()
    expect([code, err.split('\n')[0]]).toEqual([1, 'error: The program cannot be started (EACCES):'])
  })

  test("in a terminal, Ctrl-C reaches the program once, and the shim returns the program's exit code", async () => {
    rmSync(join(scope, basename(ownPackage)), { recursive: true })
    const text = `#!/bin/sh
trap 'echo interrupted' INT
trap 'exit 7' TERM
echo ready
while :; do sleep 0.02; done
`
    place(ownPackage, project.name, text, 0o755)
    let shown = ''
    let changed = Promise.withResolvers<void>()
    const child = Bun.spawn([join(bare, 'node_modules', '.bin', project.name)], {
      cwd: bare,
      env: environment,
      terminal: {
        data(_terminal, bytes) {
          shown += new TextDecoder().decode(bytes)
          changed.resolve()
          changed = Promise.withResolvers()
        },
      },
    })
    children.push(child)
    const shows = async (pattern: RegExp): Promise<void> => {
      while (!pattern.test(shown)) await changed.promise
    }
    await shows(/ready/)
    for (const times of [1, 2]) {
      child.terminal?.write('\x03')
      await shows(new RegExp(`(?:interrupted[^]*){${times}}`))
    }
    child.kill('SIGTERM')
    expect(await child.exited).toBe(7)
    expect(shown.match(/interrupted/g)).toHaveLength(2)
    child.terminal?.close()
  })

  // Node reports both as signals, and sending one on Windows kills the program at once.
  test('on Windows, where the console sends Ctrl-C and its closing to every process in it, the shim forwards no signal', async () => {
    const preload = join(folder, 'windows.cjs')
    writeFileSync(preload, "Object.defineProperty(process, 'platform', { value: 'win32' })\n")
    const windows = platformList().find(({ os, cpu }) => os === 'win32' && cpu === process.arch)
    if (windows === undefined) throw new Error('no program for Windows')
    const text = `#!/bin/sh
trap 'exit 8' HUP INT
trap 'exit 7' TERM
echo ready
while :; do sleep 0.02; done
`
    place(windows.package, windows.program, text, 0o755)
    const shim = join(bare, 'node_modules', project.name, 'bin', `${project.name}.cjs`)
    const child = Bun.spawn(['node', '--require', preload, shim], {
      cwd: bare,
      env: environment,
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'ignore',
    })
    children.push(child)
    const { value } = await child.stdout.getReader().read()
    expect(new TextDecoder().decode(value)).toBe('ready\n')
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) child.kill(signal)
    expect(await child.exited).toBe(7)
  })

  test('an unsupported machine', async () => {
    const preload = join(folder, 'odd.cjs')
    writeFileSync(preload, "Object.defineProperty(process, 'arch', { value: 'riscv64' })\n")
    const words = ['node', '--require', preload, join(bare, 'node_modules', project.name, 'bin', `${project.name}.cjs`)]
    const { code, err } = await run(words, bare, environment)
    expect(code).toBe(1)
    expect(err).toStartWith(`error: ${project.name} has no program for this machine (${process.platform} riscv64`)
    expect(err).toContain('linux-arm64-musl')
  })
})
