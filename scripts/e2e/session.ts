import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { posixQuote } from '../../src/cli/shells.ts'
import type { Scenario } from '../../src/simulator/reply.ts'
import { type JournalEntry, type Simulator, startSimulator } from '../../src/simulator/server.ts'

/** One session of the real client: a simulated Nexus, the server as a program of its own, Claude Code in front. */

/** A line of `--output-format stream-json`. */
interface ClientEvent {
  readonly type: string
  readonly [member: string]: unknown
}

export interface SessionResult {
  readonly exitCode: number
  readonly events: readonly ClientEvent[]
  /** The `result` line. */
  readonly result: ClientEvent | undefined
  readonly journal: readonly JournalEntry[]
  readonly stderr: string
  readonly serverLog: string
}

export interface SessionOptions {
  /** The client's program. */
  readonly claude: string
  /** The server's command, without its arguments. */
  readonly server: readonly string[]
  readonly scenario: Scenario
  /** Claude Code's own arguments. */
  readonly args: readonly string[]
  /** Lines for its standard input, each after the pause before it. */
  readonly input?: readonly string[]
  readonly model?: string
  readonly serverFlags?: readonly string[]
  /** The key that the simulated Nexus accepts; any without it. */
  readonly acceptedKey?: string
  /** Added to the client's environment before the launch command takes over. */
  readonly environment?: Readonly<Record<string, string>>
  /** Where the client works. */
  readonly workFolder: string
}

const apiKey = 'e2e-key'
const clientLimitMs = 90_000

const startServer = async (options: SessionOptions, simulator: Simulator, home: string) => {
  const flags = [
    'start',
    '--port',
    '0',
    '--endpoint-url',
    simulator.url,
    '--claude-code',
    '--shell',
    'bash',
    '--model',
    options.model ?? 'sonnet',
  ]
  const child = Bun.spawn([...options.server, ...flags, ...(options.serverFlags ?? [])], {
    cwd: home,
    env: { HOME: home, PATH: process.env['PATH'] ?? '', NEXUS_API_KEY: apiKey },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const log = new Response(child.stderr).text()
  const reader = child.stdout.getReader()
  let launch = ''
  while (!launch.endsWith('\n')) {
    const { done, value } = await reader.read()
    if (done) throw new Error(`the server did not start: ${await log}`)
    launch += new TextDecoder().decode(value)
  }
  return { child, launch: launch.trim(), log }
}

/** Feeds lines one by one: a control request is answered before the next is read. */
const feed = async (sink: Bun.FileSink, lines: readonly string[], answered: () => number): Promise<void> => {
  for (const [index, line] of lines.entries()) {
    sink.write(`${line}\n`)
    await sink.flush()
    while (answered() <= index) await Bun.sleep(10)
  }
  await sink.end()
}

const runClient = async (options: SessionOptions, launch: string, home: string) => {
  if (!launch.endsWith(' claude')) throw new Error(`unexpected launch command: ${launch}`)
  const command = [
    launch.slice(0, -'claude'.length) + posixQuote(options.claude),
    ...options.args.map(posixQuote),
  ].join(' ')
  const child = Bun.spawn(['bash', '-c', command], {
    cwd: options.workFolder,
    env: {
      HOME: home,
      PATH: process.env['PATH'] ?? '',
      TERM: 'dumb',
      // Nothing of the client's own leaves this machine.
      DISABLE_AUTOUPDATER: '1',
      ...options.environment,
    },
    stdin: options.input === undefined ? 'ignore' : 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: clientLimitMs,
  })
  const stderr = new Response(child.stderr).text()
  const events: ClientEvent[] = []
  const fed =
    options.input === undefined || !child.stdin
      ? undefined
      : feed(
          child.stdin as Bun.FileSink,
          options.input,
          () => events.filter(({ type }) => type === 'control_response').length,
        )
  let pending = ''
  const decoder = new TextDecoder()
  for await (const chunk of child.stdout) {
    const lines = (pending + decoder.decode(chunk, { stream: true })).split('\n')
    pending = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('{')) events.push(JSON.parse(line))
  }
  const exitCode = await child.exited
  await Promise.race([fed, Promise.resolve()])
  return { exitCode, events, stderr: await stderr }
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

export const runSession = (options: SessionOptions): Promise<SessionResult> =>
  withFolder(async (home) => {
    const clientHome = join(home, 'client')
    await mkdir(clientHome)
    const journal: JournalEntry[] = []
    const simulator = startSimulator({
      onRequest: (entry) => journal.push(entry),
      scenario: options.scenario,
      ...(options.acceptedKey && { apiKey: options.acceptedKey }),
    })
    const { child, launch, log } = await startServer(options, simulator, home)
    try {
      const client = await runClient(options, launch, clientHome)
      child.kill('SIGTERM')
      await child.exited
      return {
        ...client,
        result: client.events.findLast(({ type }) => type === 'result'),
        journal,
        serverLog: await log,
      }
    } finally {
      child.kill('SIGKILL')
      await simulator.stop()
    }
  })
