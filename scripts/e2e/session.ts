import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startAnthropicSimulator } from '../../src/simulator/anthropic/server.ts'
import type { JournalEntry, Simulator } from '../../src/simulator/exchange.ts'
import { startChatSimulator } from '../../src/simulator/openai-chat/server.ts'
import type { NexusProfile } from '../../src/simulator/profiles.ts'
import type { Scenario } from '../../src/simulator/reply.ts'
import { startSimulator } from '../../src/simulator/server.ts'
import { type SearchStub, type SearchStubOptions, startSearchStub } from '../../tests/support/search-providers.ts'
import { type Collector, type Span, startCollector } from '../support/collector.ts'
import { type ClientLaunch, type ClientRun, runClient } from './client.ts'
import type { AnthropicServer, ChatServer, Configuration, Endpoint, Launcher } from './launcher.ts'
import { clientFolder, launchers } from './launchers.ts'
import { openTerminal, type TerminalRun } from './terminal.ts'
import { setTrap, type Trap } from './trap.ts'

/** A simulated Nexus, the server as a separate process, and a home for the clients. */

export interface SessionSetup {
  readonly scenario: Scenario
  /** What the simulated Nexus refuses. Default: `strict`. */
  readonly nexus?: NexusProfile
  /** Replaces the simulated Nexus. */
  readonly chat?: ChatServer
  /** Replaces the simulated Nexus. */
  readonly anthropic?: AnthropicServer
  /** The main model. Default: the product's. */
  readonly model?: string
  readonly serverFlags?: readonly string[]
  /** Variables of a server that starts before the client. */
  readonly serverVariables?: Readonly<Record<string, string>>
  /** Whether the server sends spans to a collector. */
  readonly hasCollector?: boolean
  /** What the server's search provider answers. Absent: web search is off. */
  readonly search?: SearchStubOptions
  /** The key that the simulated Nexus accepts. Default: any. */
  readonly acceptedKey?: string
  /** Whether the simulated Nexus counts tokens. */
  readonly countsTokens?: boolean
  /**
   * How the client starts. Claude Code: with the line that `start --claude-code` prints, with the output of `env` for
   * that server, by `claude` with its own server, or signed in to Anthropic's gateway, which has that server as its
   * upstream. Codex and opencode: with `configuration`, by our command, or with the line of `start`. `of a team`: as a
   * named client of a server that keeps a history. `of replicas`: as a client of one of two servers that share a Redis.
   * `by setup`: without variables of ours, with its own file, which `setup` has written.
   */
  readonly launch?: keyof typeof launchers
  readonly configuration?: Configuration
  /** The user's own settings of Claude Code. */
  readonly clientSettings?: Readonly<Record<string, unknown>>
  /** Claude Code's stored credentials of the user. */
  readonly clientCredentials?: Readonly<Record<string, unknown>>
  /** How long a client without a terminal may run. Default: long enough for cases that do not wait on purpose. */
  readonly clientLimitMs?: number
  /** Added to the client's environment; the launch command can override it. */
  readonly environment?: Readonly<Record<string, string>>
}

export interface Session {
  readonly version: string
  /** The working folder of the clients. */
  readonly folder: string
  /** The home of the clients. */
  readonly home: string
  /** The requests to the simulated Nexus so far. */
  readonly journal: readonly JournalEntry[]
  /** The finished runs without a terminal. */
  readonly runs: readonly ClientRun[]
  /** The clients' requests to other machines so far; empty in a correct session. */
  readonly caught: readonly string[]
  /** The server's log so far, at level debug. */
  serverLog(): string
  /** Where the clients send their requests. Undefined if each run starts its own server. */
  readonly endpoint: Endpoint | undefined
  /** Of the launchers `of replicas`. */
  readonly replicas: Launcher['replicas']
  /** Of the launcher `sign-in`. */
  readonly signIn: Launcher['signIn']
  /** The spans that the collector has received. */
  readonly spans: readonly Span[]
  /** The searches that the provider has received. */
  readonly searches: SearchStub['searches']
  /** Runs another command of the server's program. Undefined if the launcher does not support it. */
  readonly admin: Launcher['admin']
  /** Runs the client to its end. `input`: lines for its standard input. */
  headless(args: readonly string[], input?: readonly string[]): Promise<ClientRun>
  /** Runs another program in the client's environment. Reads its output like the client's. */
  program(command: readonly string[]): Promise<ClientRun>
  /** Opens the client in a terminal, without its questions of the first start. */
  terminal(...args: readonly string[]): Promise<TerminalRun>
}

export interface SessionOptions extends SessionSetup {
  readonly version: string
  /** The path of the client. */
  readonly client: string
  /** The server's command, without its arguments. */
  readonly server: readonly string[]
  readonly folder: string
  /** Ends the clients at once. */
  readonly signal?: AbortSignal
}

interface SessionEnvironment {
  readonly options: SessionOptions
  readonly launcher: Launcher
  readonly home: string
  readonly trap: Trap
}

/** `command`: one of the launcher's command lines. */
const toClientLaunch = (
  { options, launcher, home, trap }: SessionEnvironment,
  command: readonly string[],
): ClientLaunch => ({
  command: [...command],
  folder: options.folder,
  ...(options.signal && { signal: options.signal }),
  ...(options.clientLimitMs !== undefined && { limitMs: options.clientLimitMs }),
  environment: {
    HOME: home,
    // The files of tasks are removed with the home.
    CLAUDE_CODE_TMPDIR: join(home, 'tmp'),
    // The client's own traffic stays on this machine.
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL: '1',
    ...launcher.environment,
    ...trap.environment,
    ...options.environment,
  },
})

const emptyPrompt = /^❯\s*$/m

/** Answers the questions of the first start: colours, security notes, trust in the folder. */
const settle = async (home: string, folder: string): Promise<void> => {
  const settled = {
    hasCompletedOnboarding: true,
    theme: 'dark',
    projects: { [folder]: { hasTrustDialogAccepted: true } },
  }
  const file = Bun.file(join(home, '.claude.json'))
  if (!(await file.exists())) await Bun.write(file, JSON.stringify(settled))
}

/** An empty folder that is removed after `use`. */
export const withFolder = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'nexus-e2e-')))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const startUpstream = (options: SessionOptions, onRequest: (entry: JournalEntry) => void): Simulator => {
  const { chat, anthropic, scenario, nexus, countsTokens, acceptedKey } = options
  if (anthropic !== undefined) return startAnthropicSimulator({ ...anthropic, isAnyModelServed: true, onRequest })
  if (chat !== undefined) return startChatSimulator({ face: chat.face, scenario: chat.scenario, onRequest })
  return startSimulator({
    onRequest,
    scenario,
    ...(nexus && { profile: nexus }),
    countTokens: countsTokens === true,
    ...(acceptedKey && { apiKey: acceptedKey }),
  })
}

/** The server sends its spans at once. */
const spanDelayMs = '100'

const telemetryVariables = (collector: Collector | undefined): Readonly<Record<string, string>> =>
  collector === undefined
    ? {}
    : { NEXUS_OTEL: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: spanDelayMs }

/** Seconds: short, for a provider that does not answer. */
const searchTimeout = '2'

const searchVariables = (search: SearchStub | undefined): Readonly<Record<string, string>> =>
  search === undefined
    ? {}
    : { NEXUS_SEARCH: 'searxng', NEXUS_SEARCH_URL: search.url, NEXUS_SEARCH_TIMEOUT: searchTimeout }

export const withSession = <T>(options: SessionOptions, use: (session: Session) => Promise<T>): Promise<T> =>
  withFolder(async (home) => {
    const clientHome = join(home, 'client')
    await mkdir(clientHome)
    const files = { 'settings.json': options.clientSettings, '.credentials.json': options.clientCredentials }
    for (const [name, content] of Object.entries(files))
      if (content !== undefined) await Bun.write(join(clientFolder(clientHome), name), JSON.stringify(content))
    await using stack = new AsyncDisposableStack()
    const journal: JournalEntry[] = []
    const runs: ClientRun[] = []
    const simulator = startUpstream(options, (entry) => journal.push(entry))
    stack.defer(simulator.stop)
    const trap = setTrap()
    stack.defer(trap.stop)
    const spans: Span[] = []
    const collector = options.hasCollector === true ? startCollector((span) => spans.push(span)) : undefined
    if (collector !== undefined) stack.defer(collector.stop)
    const search = options.search && startSearchStub('searxng', options.search)
    if (search !== undefined) stack.defer(search.stop)
    const launch = launchers[options.launch ?? 'line']
    const serverVariables = { ...options.serverVariables, ...telemetryVariables(collector), ...searchVariables(search) }
    const launcher = await launch({ ...options, serverVariables, upstream: simulator.url, home, clientHome, trap })
    stack.defer(launcher.stop)
    const { version, folder } = options
    // A command of ours is the server, too.
    const variables = { ...options.environment, ...searchVariables(search) }
    const environment = { options: { ...options, environment: variables }, launcher, home: clientHome, trap }
    const run = async (command: readonly string[], input?: readonly string[]): Promise<ClientRun> => {
      const ended = await runClient(toClientLaunch(environment, command), input)
      runs.push(ended)
      return ended
    }
    return await use({
      version,
      folder,
      home: clientHome,
      journal,
      runs,
      caught: trap.caught,
      serverLog: launcher.log,
      endpoint: launcher.endpoint,
      replicas: launcher.replicas,
      signIn: launcher.signIn,
      spans,
      searches: search?.searches ?? [],
      admin: launcher.admin,
      headless: (args, input) => run(launcher.command(args), input),
      program(command) {
        if (launcher.program === undefined) throw new Error('this launcher runs only the client')
        return run(launcher.program(command))
      },
      async terminal(...args) {
        await settle(clientHome, folder)
        const terminal = openTerminal(toClientLaunch(environment, launcher.command(args)))
        // Before the prompt, the terminal itself would echo input.
        await terminal.shows(emptyPrompt)
        return terminal
      },
    })
  })
