import { readFileSync } from 'node:fs'
import { setTimeout as resolveAfter } from 'node:timers/promises'
import { attempt } from '../base/attempt.ts'
import { errorCode } from '../base/error-code.ts'
import { errorLocation } from '../base/error-location.ts'
import type { Logger } from '../base/logger.ts'
import { UsageError } from '../base/usage-error.ts'
import { type Listener, listen } from '../runtime/bun.ts'
import { productName } from '../version.ts'
import { fetchHealth, type Healthy } from './system/fetch-health.ts'

export interface ListenAddress {
  readonly hostname: string
  readonly port: number
}

/**
 * Listens for a moment just as the server does, for whoever only wants to know whether that can be. Throws what
 * `listen` throws; whoever gets it stops it.
 */
export const tryToListen = (address: ListenAddress): Listener =>
  listen({ ...address, fetch: () => new Response(null, { status: 503 }) })

/** A person waits for the sentence that follows. */
const probeMs = 1000

/** Another server of ours on that port; undefined where another program has it. */
export const findRunningServer = async (hostname: string, port: number): Promise<Healthy | undefined> => {
  const answer = await fetchHealth(hostname, port, probeMs)
  return answer.kind === 'ours' ? answer : undefined
}

const servesAlready = (hostname: string, port: number, { version, pid }: Healthy): string =>
  `Port ${port} on ${hostname} is taken by another ${productName} (version ${version}, process ${pid}), which serves already. ${productName} env prints the environment that leads Claude Code there, ${productName} health asks how it is. For another server choose another port with --port (0 for any free one).`

/** Starts something that listens, or says in words why it cannot. Rejects with UsageError. */
export const listenOrExplain = async <T>(start: () => T, { hostname, port }: ListenAddress): Promise<T> => {
  try {
    return start()
  } catch (error) {
    const code = errorCode(error)
    if (code === 'EADDRINUSE') {
      const running = await findRunningServer(hostname, port)
      if (running !== undefined) throw new UsageError(servesAlready(hostname, port, running))
      throw new UsageError(
        `Port ${port} on ${hostname} is taken by another program. Stop it, or choose another port with --port (0 for any free one).`,
      )
    }
    if (code === 'EACCES') {
      throw new UsageError(`Port ${port} may not be used by you. Choose one above 1023 with --port.`)
    }
    throw new UsageError(
      `Cannot listen on ${hostname}:${port}${code === undefined ? '' : ` (${code})`}. Is --host an address of this machine?`,
    )
  }
}

/** Times of a server's end, in milliseconds. */
interface EndTimes {
  /** Running answers may take this long to end by themselves after the first signal. */
  readonly graceMs: number
  /** Written bytes may take this long to leave after nothing runs any more. */
  readonly flushMs: number
}

/** Longer than most turns, shorter than service managers wait before they kill (systemd: 90 s). */
const defaultTimes: EndTimes = { graceMs: 30_000, flushMs: 1000 }
/** How often we look whether anything still runs. */
const lookMs = 20

/** What is to end, and in which steps. */
export interface Ending extends Pick<Listener, 'stop' | 'running'> {
  /** Nobody may begin any more. */
  begin(): void
  /** The time is up: running answers are to end with an error that tells so. */
  end(): void
}

const stopOrderly = async (ending: Ending, { graceMs, flushMs }: EndTimes): Promise<void> => {
  let isStopped = false
  ending.begin()
  // It waits for connections on which nothing was ever asked, too: we do not.
  const stopped = ending.stop(false).then(() => {
    isStopped = true
  })
  const untilIdle = async (milliseconds: number): Promise<void> => {
    const giveUpAt = performance.now() + milliseconds
    while (!isStopped && ending.running() > 0 && performance.now() < giveUpAt) await resolveAfter(lookMs)
  }
  await untilIdle(graceMs)
  ending.end()
  await untilIdle(flushMs)
  await Promise.race([stopped, resolveAfter(flushMs)])
  await ending.stop(true)
}

/**
 * Resolves when the program is told to end (by a signal of `names`) and the running answers have ended,
 * or the time for that is up. A second signal ends at once.
 */
export const untilStopped = (
  ending: Ending,
  say: (text: string) => void,
  names: readonly NodeJS.Signals[],
  times: Partial<EndTimes> = {},
): Promise<void> =>
  new Promise((resolve) => {
    let isStopping = false
    const over = (): void => {
      for (const name of names) process.off(name, stop)
      resolve()
    }
    const stop = (): void => {
      if (isStopping) {
        void ending.stop(true).then(over)
        return
      }
      isStopping = true
      if (ending.running() > 0) say('Stopping: waiting for running answers. Press Ctrl-C again to end at once.\n')
      void stopOrderly(ending, { ...defaultTimes, ...times }).then(over)
    }
    for (const name of names) process.on(name, stop)
  })

const hangUpBit = 1

/** `nohup` and its like have a closed terminal ignored. Linux tells so; elsewhere what runs without one is left alone. */
export const isHangUpIgnored = (isTerminal: boolean): boolean => {
  const status = attempt(() => readFileSync('/proc/self/status', 'utf8'))
  if (status === undefined) return !isTerminal
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? ''
  return (Number.parseInt(mask.slice(-1), 16) & hangUpBit) !== 0
}

/** The signals that end a server in order. A handler for one that was to be ignored would undo that. */
export const endingSignals = (isTerminal: boolean): NodeJS.Signals[] => [
  'SIGINT',
  'SIGTERM',
  ...(isHangUpIgnored(isTerminal) ? [] : ['SIGHUP' as const]),
  // Ctrl-Break, and what a closed console sends first.
  ...(process.platform === 'win32' ? ['SIGBREAK' as const] : []),
]

/** Whatever nobody caught is told in one line, without its words, and ends nothing: other requests are at work. */
export const surviveFaults = (log: Logger): void => {
  process.on('uncaughtException', (thrown) => log.error('internal_error', errorLocation(thrown)))
  process.on('unhandledRejection', (thrown) => log.error('internal_error', errorLocation(thrown)))
}
