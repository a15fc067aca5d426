import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Redis, redisProgram, startRedis } from '../support/redis.ts'
import type { Job, LoadResult } from './job.ts'
import type { PlannedUpstream } from './upstream.ts'

/** The processes of the benchmark, pinned to cores if the machine allows it. */

/** The proxy has one core for itself; the load and the upstream share the other. */
const cores = { proxy: '0', others: '1' } as const

const canPin = process.platform === 'linux' && Bun.which('taskset') !== null && navigator.hardwareConcurrency > 1

export const isPinned = canPin

const pinning = (core: keyof typeof cores): readonly string[] => (canPin ? ['taskset', '-c', cores[core]] : [])

const pinned = (core: keyof typeof cores, command: readonly string[]): string[] => [...pinning(core), ...command]

/** Without this machine's own settings, above all its proxies. */
const emptyEnvironment = (home: string): Record<string, string> => ({
  HOME: home,
  PATH: process.env['PATH'] ?? '',
  NO_PROXY: '*',
})

/** Functions that kill the processes that still run. */
const running = new Set<() => void>()

/** Kills them all, at any end of this process. */
export const endAll = (): void => {
  for (const end of running) end()
  running.clear()
}

interface Helper<Message, Answer> {
  readonly port: number
  send(message: Message): Promise<Answer>
  stop(): void
}

/** Much longer than a round: a target that never answers is a fault, not a pause. */
const helperLimitMs = 120_000

const startHelper = async <Message, Answer>(file: string): Promise<Helper<Message, Answer>> => {
  let pending = Promise.withResolvers<Answer>()
  const child = Bun.spawn(pinned('others', [process.execPath, join(import.meta.dir, file)]), {
    env: emptyEnvironment(tmpdir()),
    stdio: ['ignore', 'inherit', 'inherit'],
    ipc: (answer) => pending.resolve(answer as Answer),
    onExit: (_child, code) => pending.reject(new Error(`${file} ended with ${code}`)),
  })
  running.add(() => child.kill('SIGKILL'))
  const ready = (await pending.promise) as { readonly port: number }
  return {
    port: ready.port,
    send(message) {
      const answered = Promise.withResolvers<Answer>()
      pending = answered
      child.send(message)
      const timer = setTimeout(() => answered.reject(new Error(`${file} did not finish in time`)), helperLimitMs)
      return answered.promise.finally(() => clearTimeout(timer))
    },
    stop() {
      pending.promise.catch(() => {})
      child.kill('SIGKILL')
    },
  }
}

export const startUpstream = (): Promise<Helper<PlannedUpstream, unknown>> => startHelper('upstream.ts')
export const startLoad = (): Promise<Helper<Job, LoadResult>> => startHelper('load.ts')

/** A Redis that shares the core of the upstream; undefined if this machine has none. */
export const startState = async (): Promise<Redis | undefined> => {
  if (redisProgram() === undefined) return undefined
  const redis = await startRedis({ folder: tmpdir(), by: pinning('others') })
  running.add(() => void redis.stop())
  return redis
}

export interface Running {
  readonly pid: number
  readonly port: number
  /** Milliseconds from the start of the process to its first 200. */
  readonly startMs: number
  stop(): Promise<void>
}

/** How to start a target: its command and variables. */
export interface Launch {
  readonly command: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** The path that answers 200 when the target is ready. */
  readonly healthPath: string
  /** It may use all cores: workers are at most as many as their cores. */
  readonly isFree?: boolean
}

const startLimitMs = 30_000

/** Resolves with whether the port answers 200. Uses a socket, because fetch costs the time that we measure. */
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

/** So many answers in a row are not all from a process that started before the others. */
const answersOfAll = 40

/** Waits until each process that listens on the port answers: until then, some connections get a 503. */
const untilAllAnswer = async (port: number, path: string): Promise<void> => {
  for (let answers = 0; answers < answersOfAll; ) answers = (await answersProbe(port, path)) ? answers + 1 : 0
}

/** Starts a target and waits for its first answer. */
export const startTarget = async (
  { command, environment, healthPath, isFree = false }: Launch,
  port: number,
): Promise<Running> => {
  const home = mkdtempSync(join(tmpdir(), 'nexus-bench-'))
  const startedAt = performance.now()
  const child = Bun.spawn(isFree ? [...command] : pinned('proxy', command), {
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
  const startMs = performance.now() - startedAt
  if (isFree) await untilAllAnswer(port, healthPath)
  return {
    pid: child.pid,
    port,
    startMs,
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
