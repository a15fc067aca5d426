import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { posixQuote } from '../../src/cli/launch/shells.ts'
import type { Scenario } from '../../src/simulator/reply.ts'
import { type JournalEntry, type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { type ClientLaunch, type ClientRun, runClient } from './client.ts'
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
  /**
   * How the client is started: by the line that `start --claude-code` prints, by what `env` prints for that server, or
   * by `claude`, with a server of its own.
   */
  readonly launch?: 'line' | 'env' | 'claude'
  /** The user's own settings of Claude Code. */
  readonly clientSettings?: Readonly<Record<string, unknown>>
  /** What Claude Code keeps of the user's sign-in. */
  readonly clientCredentials?: Readonly<Record<string, unknown>>
  /** Added to the client's environment before the launch command takes over. */
  readonly environment?: Readonly<Record<string, string>>
}

export interface Session {
  readonly version: string
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
  readonly version: string
  /** The client's program. */
  readonly claude: string
  /** The server's command, without its arguments. */
  readonly server: readonly string[]
  readonly folder: string
}

const apiKey = 'e2e-key'

/** How a session's clients are started, and what is heard of the server. */
interface Launcher {
  command(args: readonly string[]): string[]
  readonly environment: Readonly<Record<string, string>>
  log(): string
  stop(): Promise<void>
}

const upstreamFlags = ({ serverFlags, model }: SessionOptions, { url }: Simulator): string[] => [
  ...['--endpoint-url', url, '--log-level', 'debug', '--log-format', 'json', '--model', model ?? 'sonnet'],
  ...(serverFlags ?? []),
]

const folderOfClient = (home: string): string => join(home, 'client', '.claude')

/** What takes the place of the program's name at the end of the line, or behind what `env` prints. */
const startOf = (line: string, { launch, server, claude }: SessionOptions): string => {
  const program = posixQuote(claude)
  if (launch !== 'env') return `exec ${line.slice(0, -'claude'.length)}${program}`
  const port = /ANTHROPIC_BASE_URL='http:\/\/127\.0\.0\.1:(\d+)'/.exec(line)?.[1] ?? ''
  const env = [...server, 'env', '--shell', 'bash', '--port', port].map(posixQuote).join(' ')
  return `eval "$(${env})"; exec ${program}`
}

/** A server that runs, and the line that it has printed. */
const byLine = async (options: SessionOptions, simulator: Simulator, home: string): Promise<Launcher> => {
  const flags = ['start', '--port', '0', '--claude-code', '--shell', 'bash', ...upstreamFlags(options, simulator)]
  const child = Bun.spawn([...options.server, ...flags], {
    cwd: home,
    env: {
      HOME: home,
      PATH: process.env['PATH'] ?? '',
      NEXUS_API_KEY: apiKey,
      CLAUDE_CONFIG_DIR: folderOfClient(home),
    },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  let log = ''
  const logged = (async () => {
    const decoder = new TextDecoder()
    for await (const chunk of child.stderr) log += decoder.decode(chunk, { stream: true })
  })()
  const reader = child.stdout.getReader()
  let printed = ''
  while (!printed.endsWith('\n')) {
    const { done, value } = await reader.read()
    if (done) {
      await logged
      throw new Error(`the server did not start: ${log}`)
    }
    printed += new TextDecoder().decode(value)
  }
  const line = printed.trim()
  if (!line.endsWith(' claude')) throw new Error(`unexpected launch command: ${line}`)
  const start = startOf(line, options)
  return {
    command: (args) => ['bash', '-c', [start, ...args.map(posixQuote)].join(' ')],
    environment: { PATH: process.env['PATH'] ?? '' },
    log: () => log,
    async stop() {
      child.kill('SIGKILL')
      await child.exited
    },
  }
}

/** `claude` finds the client on PATH, and has a server of its own each time. */
const byClaude = (options: SessionOptions, simulator: Simulator, home: string): Launcher => {
  const logFile = join(home, 'server.log')
  const flags = ['claude', '--log-file', logFile, ...upstreamFlags(options, simulator)]
  return {
    command: (args) => [...options.server, ...flags, '--', ...args],
    environment: { NEXUS_API_KEY: apiKey, PATH: `${dirname(options.claude)}:${process.env['PATH']}` },
    log: () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : ''),
    stop: async () => {},
  }
}

interface Surroundings {
  readonly options: SessionOptions
  readonly launcher: Launcher
  readonly home: string
  readonly trap: Trap
}

const toClientLaunch = ({ options, launcher, home, trap }: Surroundings, args: readonly string[]): ClientLaunch => ({
  command: launcher.command(args),
  folder: options.folder,
  environment: {
    HOME: home,
    // Nothing of the client's own leaves this machine.
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL: '1',
    ...launcher.environment,
    ...trap.environment,
    ...options.environment,
  },
})

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
    const files = { 'settings.json': options.clientSettings, '.credentials.json': options.clientCredentials }
    for (const [name, content] of Object.entries(files))
      if (content !== undefined) await Bun.write(join(folderOfClient(home), name), JSON.stringify(content))
    const journal: JournalEntry[] = []
    const runs: ClientRun[] = []
    const simulator = startSimulator({
      onRequest: (entry) => journal.push(entry),
      scenario: options.scenario,
      countTokens: options.countsTokens === true,
      ...(options.acceptedKey && { apiKey: options.acceptedKey }),
    })
    const trap = setTrap()
    const launcher =
      options.launch === 'claude' ? byClaude(options, simulator, home) : await byLine(options, simulator, home)
    const { version, folder } = options
    const surroundings = { options, launcher, home: clientHome, trap }
    try {
      return await use({
        version,
        folder,
        journal,
        runs,
        caught: trap.caught,
        serverLog: launcher.log,
        async headless(args, input) {
          const run = await runClient(toClientLaunch(surroundings, args), input)
          runs.push(run)
          return run
        },
        async terminal(...args) {
          await settle(clientHome, folder)
          const terminal = openTerminal(toClientLaunch(surroundings, args))
          // Before that the terminal itself would show what is typed.
          await terminal.shows(emptyPrompt)
          return terminal
        },
      })
    } finally {
      await launcher.stop()
      trap.stop()
      await simulator.stop()
    }
  })
