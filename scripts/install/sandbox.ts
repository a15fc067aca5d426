import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

/** A test's own home, temporary folder and PATH, in which the installer runs like for a user. */

export const installer = join(import.meta.dir, 'install.sh')

/** The tools that install.sh may call. A test skips those that its machine lacks. */
const tools =
  'sh cat chmod cp curl cut date getconf grep gzip head id ldd mkdir mktemp mv openssl rm sed sha256sum shasum perl printf sysctl tail tar tr uname wget'.split(
    ' ',
  )

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

interface RunOptions {
  readonly args?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Missing programs. */
  readonly without?: readonly string[]
  /** Small scripts in place of programs, by name. */
  readonly fakes?: Readonly<Record<string, string>>
  readonly shell?: readonly string[]
  /** The shell reads this from stdin, instead of the file. */
  readonly script?: string | Uint8Array
  /** Additional folders for PATH. */
  readonly path?: readonly string[]
}

export interface Sandbox {
  readonly home: string
  readonly temporary: string
  run(options?: RunOptions): Promise<Ran>
  /** Every file and link in the home. */
  listed(): string[]
  remove(): void
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))

export const createSandbox = (homeName = 'home'): Sandbox => {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'nexus-install-')))
  const home = join(top, homeName)
  const temporary = join(top, 'tmp')
  mkdirSync(home)
  mkdirSync(temporary)
  let runs = 0

  const binFor = ({ without = [], fakes = {} }: RunOptions): string => {
    runs += 1
    const bin = join(top, `bin-${runs}`)
    mkdirSync(bin)
    for (const tool of tools.filter((one) => !without.includes(one) && !(one in fakes))) {
      const found = Bun.which(tool)
      if (found !== null) symlinkSync(found, join(bin, tool))
    }
    for (const [name, body] of Object.entries(fakes)) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`)
      chmodSync(join(bin, name), 0o755)
    }
    return bin
  }

  return {
    home,
    temporary,
    async run(options = {}) {
      const { args = [], environment = {}, shell = ['sh'], script, path = [] } = options
      const [program = 'sh', ...flags] = shell
      const command =
        script === undefined
          ? [...flags, installer, ...args]
          : [...flags, '-s', ...(args.length > 0 ? ['--', ...args] : [])]
      const child = Bun.spawn([Bun.which(program) ?? program, ...command], {
        cwd: top,
        env: { HOME: home, TMPDIR: temporary, PATH: [binFor(options), ...path].join(':'), LC_ALL: 'C', ...environment },
        stdin: script === undefined ? 'ignore' : Buffer.from(script),
        stdout: 'pipe',
        stderr: 'pipe',
      })
      const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
      return { code: await child.exited, out, err }
    },
    listed: () =>
      filesBelow(home)
        .map((path) => relative(home, path))
        .sort(),
    remove() {
      // A test may have removed the permission to write.
      for (const entry of readdirSync(top, { withFileTypes: true, recursive: true }))
        if (entry.isDirectory() && existsSync(join(entry.parentPath, entry.name)))
          chmodSync(join(entry.parentPath, entry.name), statSync(join(entry.parentPath, entry.name)).mode | 0o700)
      rmSync(top, { recursive: true, force: true })
    },
  }
}
