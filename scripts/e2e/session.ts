import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { posixQuote } from '../../src/cli/launch/shells.ts'
import type { Scenario } from '../../src/simulator/reply.ts'
import { type JournalEntry, type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { type ClientLaunch, type ClientRun, runClient } from './client.ts'
import type { ClaudeVersion } from './install.ts'
import { openTerminal, type TerminalRun } from './terminal.ts'
import { setTrap, type Trap } from './trap.ts'

/** A simulated Nexus, the server as a program of its own, and a home for the clients in front of it. */

export interface SessionSetup {
  readonly scenario: Scenario
  readonly model?: string
  readonly serverFlags?: readonly string[]
  /** The key that the simulated Nexus accepts; any without it. */
  readonly acceptedKey?: string
  /** Whether the simulated Nexus counts tokens. */
  readonly countsTokens?: boolean
  /** Added to the client's environment before the launch command takes over. */
  readonly environment?: Readonly<Record<string, string>>
}

export interface Session {
  readonly version: ClaudeVersion
  /** Where the clients work. */
  readonly folder: string
  /** What the simulated Nexus saw, so far. */
  readonly journal: readonly JournalEntry[]
  /** The runs without a terminal that have ended. */
  readonly runs: readonly ClientRun[]
  /** Whom the clients wanted to talk to on other machines, so far. Nobody, if all is well. */
  readonly caught: readonly string[]
  /** What the server wrote, so far; it logs all it can. */
  serverLog(): string
  /** Runs the client to its end. `input`: lines for its standard input. */
  headless(args: readonly string[], input?: readonly string[]): Promise<ClientRun>
  /** Opens the client in a terminal. It knows the folder, and was told everything that is told once. */
  terminal(...args: readonly string[]): Promise<TerminalRun>
}

export interface SessionOptions extends SessionSetup {
  readonly version: ClaudeVersion
  /** The client's program. */
  readonly claude: string
  /** The server's command, without its arguments. */
  readonly server: readonly string[]
  readonly folder: string
}

const apiKey = 'e2e-key'

const startServer = async (options: SessionOptions, simulator: Simulator, home: string) => {
  const flags = [
    'start',
    '--port',
    '0',
    '--endpoint-url',
    simulator.url,
    '--log-level',
    'debug',
    '--log-format',
    'json',
  ]
  const launchFlags = ['--claude-code', '--shell', 'bash', '--model', options.model ?? 'sonnet']
  const child = Bun.spawn([...options.server, ...flags, ...launchFlags, ...(options.serverFlags ?? [])], {
    cwd: home,
    env: { HOME: home, PATH: process.env['PATH'] ?? '', NEXUS_API_KEY: apiKey },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  let log = ''
  const logged = (async () => {
    const decoder = new TextDecoder()
    for await (const chunk of child.stderr) log += decoder.decode(chunk, { stream: true })
  })()
  const reader = child.stdout.getReader()
  let launch = ''
  while (!launch.endsWith('\n')) {
    const { done, value } = await reader.read()
    if (done) {
      await logged
      throw new Error(`the server did not start: ${log}`)
    }
    launch += new TextDecoder().decode(value)
  }
  return { child, launch: launch.trim(), log: () => log }
}

/** How a session's clients are started. */
interface Launcher {
  readonly options: SessionOptions
  /** The server's own command. */
  readonly launch: string
  readonly home: string
  readonly trap: Trap
}

const toClientLaunch = ({ options, launch, home, trap }: Launcher, args: readonly string[]): ClientLaunch => {
  if (!launch.endsWith(' claude')) throw new Error(`unexpected launch command: ${launch}`)
  const line = [launch.slice(0, -'claude'.length) + posixQuote(options.claude), ...args.map(posixQuote)].join(' ')
  return {
    command: ['bash', '-c', `exec ${line}`],
    folder: options.folder,
    environment: {
      HOME: home,
      PATH: process.env['PATH'] ?? '',
      // Nothing of the client's own leaves this machine.
      DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL: '1',
      ...trap.environment,
      ...options.environment,
    },
  }
}

const emptyPrompt = /^❯\s*$/m

/** Spares a terminal the first questions: colours, security notes, whether the folder can be trusted. */
const settle = async (home: string, folder: string): Promise<void> => {
  const settled = {
    hasCompletedOnboarding: true,
    theme: 'dark',
    projects: { [folder]: { hasTrustDialogAccepted: true } },
  }
  const file = Bun.file(join(home, '.claude.json'))
  if (!(await file.exists())) await Bun.write(file, JSON.stringify(settled))
}

/** An empty folder, gone after `use`. */
export const withFolder = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'nexus-e2e-')))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export const withSession = <T>(options: SessionOptions, use: (session: Session) => Promise<T>): Promise<T> =>
  withFolder(async (home) => {
    const clientHome = join(home, 'client')
    await mkdir(clientHome)
    const journal: JournalEntry[] = []
    const runs: ClientRun[] = []
    const simulator = startSimulator({
      onRequest: (entry) => journal.push(entry),
      scenario: options.scenario,
      countTokens: options.countsTokens === true,
      ...(options.acceptedKey && { apiKey: options.acceptedKey }),
    })
    const trap = setTrap()
    const { child, launch, log } = await startServer(options, simulator, home)
    const { version, folder } = options
    const launcher = { options, launch, home: clientHome, trap }
    try {
      return await use({
        version,
        folder,
        journal,
        runs,
        caught: trap.caught,
        serverLog: log,
        async headless(args, input) {
          const run = await runClient(toClientLaunch(launcher, args), input)
          runs.push(run)
          return run
        },
        async terminal(...args) {
          await settle(clientHome, folder)
          const terminal = openTerminal(toClientLaunch(launcher, args))
          // Before that the terminal itself would show what is typed.
          await terminal.shows(emptyPrompt)
          return terminal
        },
      })
    } finally {
      child.kill('SIGKILL')
      await child.exited
      trap.stop()
      await simulator.stop()
    }
  })
