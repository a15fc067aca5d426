import { afterAll, afterEach, beforeAll } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { targets } from '../release/targets.ts'
import { type ReleaseServer, startReleaseServer } from './release-server.ts'
import { createSandbox, installer, type Sandbox } from './sandbox.ts'

/** Shared parts of the tests of install.sh. */

export const onWindows = process.platform === 'win32'
export const unixTargets = targets.filter(({ os }) => os !== 'win32')
export const text = readFileSync(installer, 'utf8')
export const lastLine = '{ main "$@"; exit; }\n'
/** The path of the installed program in a home. */
export const program = '.local/bin/nexus-claude-api'

/** The script with some functions replaced, because a test cannot fake the machine from outside. */
export const withFunctions = (functions: string): string => text.slice(0, -lastLine.length) + functions + lastLine

/** Fakes of any Linux. The fetched archive shows the detected processor. */
export const linux = {
  uname: 'case $1 in -s) echo Linux ;; -m) echo x86_64 ;; -o) echo GNU/Linux ;; esac',
  ldd: 'echo "ldd (GNU libc) 2.38"',
}

export const contentOf = (sandbox: Sandbox, path = program): string => readFileSync(join(sandbox.home, path), 'utf8')
/** The content of the temporary folder. */
export const leftIn = (sandbox: Sandbox): string[] => readdirSync(sandbox.temporary)

export interface InstallContext {
  server(): ReleaseServer
  /** All files of the server, without a test's changes. */
  whole(): ReadonlyMap<string, string | Uint8Array>
  home(name?: string): Sandbox
  mirror(): string[]
  /** The fetched archive. */
  archiveNow(): string
}

/** Releases 1.0.0 and 1.2.0 on loopback for one test file, and homes that are removed after each test. */
export const createInstallContext = (): InstallContext => {
  const folder = mkdtempSync(join(tmpdir(), 'nexus-releases-'))
  const homes: Sandbox[] = []
  let started: ReleaseServer | undefined
  let whole: ReadonlyMap<string, string | Uint8Array> = new Map()
  const server = (): ReleaseServer => {
    if (started === undefined) throw new Error('the release server was not started')
    return started
  }
  beforeAll(() => {
    if (onWindows) return
    started = startReleaseServer(folder, [
      { version: '1.0.0', targets: unixTargets },
      { version: '1.2.0', targets: unixTargets },
    ])
    whole = new Map(started.files)
  })
  afterEach(() => {
    if (started === undefined) return
    started.files.clear()
    for (const [path, content] of whole) started.files.set(path, content)
    started.cut.clear()
    started.requestedPaths.length = 0
    for (const sandbox of homes.splice(0)) sandbox.remove()
  })
  afterAll(async () => {
    await started?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    server,
    whole: () => whole,
    home(name) {
      const made = createSandbox(name)
      homes.push(made)
      return made
    },
    mirror: () => ['--mirror', server().url],
    archiveNow: () => server().requestedPaths.find((path) => path.endsWith('.tar.gz')) ?? 'none',
  }
}
