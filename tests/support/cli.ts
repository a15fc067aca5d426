import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runMain } from '../../src/cli/main.ts'
import type { Io } from '../../src/cli/terminal/io.ts'
import type { Machine } from '../../src/config/paths.ts'
import { afterTest } from './cleanup.ts'
import { absentKeychain } from './keychain.ts'

/** An empty folder that is removed after the test. */
export const temporaryFolder = (): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nexus-test-')))
  afterTest(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export interface CliResult {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** No terminal, on a machine that has only what `machine` contains. */
export const testIo = (machine: Partial<Machine>): Io => ({
  machine: {
    platform: 'linux',
    home: '/nowhere',
    currentDirectory: '/nowhere',
    environment: {},
    claudeManagedFolder: '/nowhere',
    ...machine,
  },
  ownCommand: ['/usr/local/bin/nexus-claude-api'],
  cores: () => 2,
  isTerminal: false,
  isOutTerminal: false,
  hasTerminal: false,
  columns: 80,
  outColumns: 80,
  useColor: false,
  keychain: absentKeychain,
  out: () => {},
  err: () => {},
})

/** Parts of the environment that a test can replace. */
export type CliOptions = Partial<
  Pick<
    Io,
    | 'keychain'
    | 'prompts'
    | 'pipedIn'
    | 'isTerminal'
    | 'isOutTerminal'
    | 'hasTerminal'
    | 'columns'
    | 'outColumns'
    | 'useColor'
    | 'times'
    | 'ownCommand'
  >
> & {
  readonly platform?: string
}

/** Runs the command line in this process, with its own folder and environment. */
export const cli = async (
  rawArgs: readonly string[],
  environment: Record<string, string> = {},
  folder = temporaryFolder(),
  { platform = 'linux', ...replacements }: CliOptions = {},
): Promise<CliResult> => {
  let out = ''
  let err = ''
  const io: Io = {
    ...testIo({ platform, environment, home: folder, currentDirectory: folder }),
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    ...replacements,
  }
  const code = await runMain(rawArgs, io)
  return { code, out, err }
}

export const entry = join(import.meta.dir, '..', '..', 'src', 'main.ts')

export interface RunningCli {
  readonly pid: number
  /** Resolves when standard error contains a match; rejects if the program ends without one. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>
  readonly kill: (signal: NodeJS.Signals) => void
  readonly ended: Promise<CliResult>
}

/** Runs the command line as a separate process. `program` can replace its entry file. */
export const startCli = (
  rawArgs: readonly string[],
  environment: Record<string, string> = {},
  program = entry,
): RunningCli => {
  const folder = temporaryFolder()
  const child = Bun.spawn([process.execPath, program, ...rawArgs], {
    cwd: folder,
    env: { HOME: folder, PATH: process.env['PATH'] ?? '', ...environment },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  let err = ''
  let isOver = false
  let wake = (): void => {}
  const collect = async (): Promise<void> => {
    const decoder = new TextDecoder()
    for await (const chunk of child.stderr) {
      err += decoder.decode(chunk, { stream: true })
      wake()
    }
    isOver = true
    wake()
  }
  const collected = collect()
  const out = new Response(child.stdout).text()
  afterTest(() => {
    child.kill('SIGKILL')
  })
  return {
    pid: child.pid,
    async says(pattern) {
      while (true) {
        const match = pattern.exec(err)
        if (match !== null) return match
        if (isOver) throw new Error(`the program ended without saying ${pattern}: ${err}`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    kill: (signal) => child.kill(signal),
    ended: (async () => {
      const code = await child.exited
      await collected
      return { code, out: await out, err }
    })(),
  }
}
