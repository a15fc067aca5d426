import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Job, LoadResult } from './load.ts'
import type { Plan } from './workloads.ts'

/** The benchmark's processes, each on its own core where the machine lets us choose. */

/** The proxy has one core for itself; whatever asks it and whatever it asks share the other. */
const cores = { proxy: '0', others: '1' } as const

const canPin = process.platform === 'linux' && Bun.which('taskset') !== null && navigator.hardwareConcurrency > 1

export const isPinned = canPin

const pinned = (core: keyof typeof cores, command: readonly string[]): string[] =>
  canPin ? ['taskset', '-c', cores[core], ...command] : [...command]

/** Nothing of this machine's own settings takes part; its proxies above all. */
const emptyEnvironment = (home: string): Record<string, string> => ({
  HOME: home,
  PATH: process.env['PATH'] ?? '',
  NO_PROXY: '*',
})

/** How each process that still runs is ended at once. */
const running = new Set<() => void>()

/** Ends them all: for the end of this process, whatever it is that ends it. */
export const endAll = (): void => {
  for (const end of running) end()
  running.clear()
}

interface Helper<Question, Answer> {
  readonly port: number
  ask(question: Question): Promise<Answer>
  stop(): void
}

/** Far more than a round takes: a target that never answers is a fault, not a pause. */
const probeLimitMs = 120_000

const startHelper = async <Question, Answer>(file: string): Promise<Helper<Question, Answer>> => {
  let withOddityLog = Promise.withResolvers<Answer>()
  const child = Bun.spawn(pinned('others', [process.execPath, join(import.meta.dir, file)]), {
    env: emptyEnvironment(tmpdir()),
    stdio: ['ignore', 'inherit', 'inherit'],
    ipc: (message) => withOddityLog.resolve(message as Answer),
    onExit: (_child, code) => withOddityLog.reject(new Error(`${file} ended with ${code}`)),
  })
  running.add(() => child.kill('SIGKILL'))
  const ready = (await withOddityLog.promise) as { readonly port: number }
  return {
    port: ready.port,
    ask(question) {
      const answered = Promise.withResolvers<Answer>()
      withOddityLog = answered
      child.send(question)
      const timer = setTimeout(() => answered.reject(new Error(`${file} has not come to an end`)), probeLimitMs)
      return answered.promise.finally(() => clearTimeout(timer))
    },
    stop() {
      withOddityLog.promise.catch(() => {})
      child.kill('SIGKILL')
    },
  }
}

export const startUpstream = (): Promise<Helper<Plan, unknown>> => startHelper('upstream.ts')
export const startLoad = (): Promise<Helper<Job, LoadResult>> => startHelper('load.ts')

/** Below those that systems give to connections of their own, which might come in between. */
const firstPort = 20_000
const portRange = 10_000

/** A port that nobody listens at. */
export const freePort = (): number => {
  for (;;) {
    const port = firstPort + Math.floor(Math.random() * portRange)
    try {
      Bun.listen({ hostname: '127.0.0.1', port, socket: { data() {} } }).stop(true)
      return port
    } catch {
      // It is taken.
    }
  }
}

export interface Running {
  readonly pid: number
  readonly port: number
  /** Milliseconds from the start of the process to its first 200. */
  readonly startMs: number
  stop(): Promise<void>
}

/** How a target is started: its command and what it wants in its environment. */
export interface Launch {
  readonly command: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** What answers 200 once it is up. */
  readonly healthPath: string
}

const startLimitMs = 30_000

/** Resolves with whether the port answers 200; a socket of its own, because fetch costs what we want to measure. */
const answersProbe = (port: number, path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const give = (value: boolean): void => resolve(value)
    Bun.connect({
      hostname: '127.0.0.1',
      port,
      socket: {
        open: (socket) => void socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`),
        data(socket, bytes) {
          give(/^HTTP\/1.1 [24]/.test(bytes.toString('latin1', 0, 12)))
          socket.terminate()
        },
        close: () => give(false),
        error: () => give(false),
        connectError: () => give(false),
      },
    }).catch(() => give(false))
  })

/** Starts a target and waits for its first answer. */
export const startTarget = async ({ command, environment, healthPath }: Launch, port: number): Promise<Running> => {
  const home = mkdtempSync(join(tmpdir(), 'nexus-bench-'))
  const startedAt = performance.now()
  const child = Bun.spawn(pinned('proxy', command), {
    cwd: home,
    env: { ...emptyEnvironment(home), ...environment },
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  const end = (): void => {
    child.kill('SIGKILL')
    rmSync(home, { recursive: true, force: true })
  }
  running.add(end)
  while (!(await answersProbe(port, healthPath))) {
    const ended = child.exitCode ?? child.signalCode
    if (ended !== null) throw new Error(`${command.join(' ')} ended with ${ended}`)
    if (performance.now() - startedAt > startLimitMs) throw new Error(`${command.join(' ')} did not start`)
  }
  return {
    pid: child.pid,
    port,
    startMs: performance.now() - startedAt,
    async stop() {
      child.kill('SIGTERM')
      const killer = setTimeout(() => child.kill('SIGKILL'), 2000)
      await child.exited
      clearTimeout(killer)
      running.delete(end)
      end()
    },
  }
}
