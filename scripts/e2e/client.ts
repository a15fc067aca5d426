import { constants } from 'node:os'

/** Runs the client without a terminal: its input is text, its output lines of JSON. */

/** How to start the client: the launch command of our server, with the client's path. */
export interface ClientLaunch {
  readonly command: string[]
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** Ends the client at once. */
  readonly signal?: AbortSignal
  /** Milliseconds until the client is ended. Default: longer than most cases take. */
  readonly limitMs?: number
}

/** A line of `--output-format stream-json`. */
interface ClientEvent {
  readonly type: string
  readonly [member: string]: unknown
}

export interface ClientRun {
  readonly exitCode: number
  /** The signal that ended the client, for example `SIGSEGV`. */
  readonly endedBy?: string
  readonly events: readonly ClientEvent[]
  /** The `result` line. */
  readonly result: ClientEvent | undefined
  readonly stderr: string
}

/** Much longer than most cases take, also on a busy machine. */
const clientLimitMs = 180_000

/** A shell and our own command report the signal of their child in their exit code. */
const firstSignalCode = 128

/** The name of the signal that ended a program. */
export const signalOf = (exitCode: number, signalCode: string | number | null): string | undefined =>
  (typeof signalCode === 'string' ? signalCode : undefined) ??
  Object.entries(constants.signals).find(([, number]) => exitCode === firstSignalCode + number)?.[0]

/** Counts the client's responses, and lets callers wait for the next one. */
const createAnswers = (): { add(): void; reach(count: number): Promise<void> } => {
  let count = 0
  let more = Promise.withResolvers<void>()
  return {
    add() {
      count += 1
      more.resolve()
      more = Promise.withResolvers()
    },
    async reach(wanted) {
      while (count < wanted) await more.promise
    },
  }
}

/** Writes the lines one by one: it waits for the response to a control request before the next line. */
const feed = async (
  sink: Bun.FileSink,
  lines: readonly string[],
  answered: (count: number) => Promise<void>,
): Promise<void> => {
  for (const [index, line] of lines.entries()) {
    sink.write(`${line}\n`)
    await sink.flush()
    await answered(index + 1)
  }
  await sink.end()
}

const isAnswer = ({ type }: ClientEvent): boolean => type === 'control_response' || type === 'result'

/** `input`: lines for standard input; each is sent after the response to the one before. */
export const runClient = async (launch: ClientLaunch, input?: readonly string[]): Promise<ClientRun> => {
  const child = Bun.spawn(launch.command, {
    cwd: launch.folder,
    env: { ...launch.environment, TERM: 'dumb' },
    stdin: input === undefined ? 'ignore' : 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    ...(launch.signal && { signal: launch.signal, killSignal: 'SIGKILL' }),
    timeout: launch.limitMs ?? clientLimitMs,
  })
  const stderr = new Response(child.stderr).text()
  const events: ClientEvent[] = []
  const answers = createAnswers()
  const fed = input === undefined || !child.stdin ? undefined : feed(child.stdin as Bun.FileSink, input, answers.reach)
  let pending = ''
  const decoder = new TextDecoder()
  for await (const chunk of child.stdout) {
    const lines = (pending + decoder.decode(chunk, { stream: true })).split('\n')
    pending = lines.pop() ?? ''
    for (const line of lines) {
      if (!line.startsWith('{')) continue
      const event = JSON.parse(line) as ClientEvent
      events.push(event)
      if (isAnswer(event)) answers.add()
    }
  }
  const exitCode = await child.exited
  await Promise.race([fed, Promise.resolve()])
  const endedBy = signalOf(exitCode, child.signalCode)
  return {
    exitCode,
    ...(endedBy !== undefined && { endedBy }),
    events,
    result: events.findLast(({ type }) => type === 'result'),
    stderr: await stderr,
  }
}
