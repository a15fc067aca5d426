import { readFileSync } from 'node:fs'
import { setTimeout as resolveAfter } from 'node:timers/promises'
import { attempt } from '../base/attempt.ts'
import { errorCode } from '../base/error-code.ts'
import { errorLocation } from '../base/error-location.ts'
import type { Logger } from '../base/logger.ts'
import { UsageError } from '../base/usage-error.ts'
import type { Config } from '../config/load.ts'
import { type Listener, listen } from '../runtime/bun.ts'
import { productName } from '../version.ts'
import { urlOf } from './clients/connection.ts'
import { fetchHealth, type Healthy } from './system/fetch-health.ts'

export interface ListenAddress {
  readonly hostname: string
  readonly port: number
  /** Where the host name comes from, for messages: `HOST`, `--host`, a file's path. */
  readonly source?: string | undefined
}

/**
 * Listens in the same way as the server, to check that the address is free. Throws what `listen` throws. The caller
 * stops the listener.
 */
export const tryToListen = (address: ListenAddress, isShared = false): Listener =>
  listen({
    ...address,
    isShared,
    fetch: () => Response.json({ status: 'starting' }, { status: 503, headers: { 'retry-after': '1' } }),
  })

/** Short, because the user waits for the error message. */
const probeMs = 1000

/** Finds a server of this program on the port; undefined if another program listens there. */
export const findRunningServer = async (hostname: string, port: number): Promise<Healthy | undefined> => {
  // A server that runs already may have another configuration.
  for (const isTls of [false, true]) {
    const answer = await fetchHealth(urlOf(hostname, port, isTls), probeMs)
    if (answer.kind === 'ours') return answer
  }
  return undefined
}

const alreadyRunning = (hostname: string, port: number, { version, pid }: Healthy): string =>
  `Port ${port} on ${hostname} is in use by another ${productName} (version ${version}, process ${pid}). To connect a client to that server, use ${productName} env; to check it, use ${productName} health. To start another server, choose another port with --port (0 for any free port).`

/** Starts a listener, or rejects with UsageError that explains the failure. */
export const listenOrExplain = async <T>(start: () => T, { hostname, port, source }: ListenAddress): Promise<T> => {
  try {
    return start()
  } catch (error) {
    const code = errorCode(error)
    if (code === 'EADDRINUSE') {
      const running = await findRunningServer(hostname, port)
      if (running !== undefined) throw new UsageError(alreadyRunning(hostname, port, running))
      throw new UsageError(
        `Port ${port} on ${hostname} is in use by another program. Stop it, or choose another port with --port (0 for any free port).`,
      )
    }
    if (code === 'EACCES') {
      throw new UsageError(`No permission to listen on port ${port}. Use a port above 1023: --port.`)
    }
    if (code?.startsWith('ERR_OSSL_'))
      throw new UsageError(`tls.cert or tls.key cannot be used for HTTPS (${code}). Check both files.`)
    // Some shells set HOST to a name of the machine that no resolver knows.
    const origin = source === undefined ? '' : ` The address comes from ${source}.`
    throw new UsageError(
      `Cannot listen on ${hostname}:${port}${code === undefined ? '' : ` (${code})`}.${origin} Use an address of this machine: --host.`,
    )
  }
}

/** Limits for the shutdown, in milliseconds. */
interface EndTimes {
  /** The server accepts requests for this long after the first signal, until load balancers have noticed it. */
  readonly delayMs: number
  /** Running responses may take this long to finish after the first signal. */
  readonly graceMs: number
  /** Written bytes may take this long to be sent after the last response ends. */
  readonly flushMs: number
}

const millisecondsPerSecond = 1000
/** A simulated server has no settings for its end. */
const defaultTimes: EndTimes = { delayMs: 0, graceMs: 30_000, flushMs: 1000 }

/** How the configuration says that the server ends. */
export const endTimes = ({ drain: { delay, timeout } }: Pick<Config, 'drain'>): EndTimes => ({
  delayMs: delay * millisecondsPerSecond,
  graceMs: timeout * millisecondsPerSecond,
  flushMs: defaultTimes.flushMs,
})

/** The interval between checks for running requests. */
const pollMs = 20

/** The server to end, and the steps of the shutdown. */
export interface Ending extends Pick<Listener, 'stop' | 'running'> {
  /** Tells probes and clients that the server will stop. */
  drain(): void
  /** Refuses new requests. */
  begin(): void
  /** Ends running responses with an error that gives the reason. */
  end(): void
}

/** Lets running responses finish, within the limits. */
export const stopOrderly = async (ending: Ending, { delayMs, graceMs, flushMs }: EndTimes): Promise<void> => {
  let isStopped = false
  ending.drain()
  if (delayMs > 0) await resolveAfter(delayMs)
  ending.begin()
  // `stop` also waits for connections without a request; the shutdown does not wait for it.
  const stopped = ending.stop(false).then(() => {
    isStopped = true
  })
  const untilIdle = async (milliseconds: number): Promise<void> => {
    const giveUpAt = performance.now() + milliseconds
    while (!isStopped && ending.running() > 0 && performance.now() < giveUpAt) await resolveAfter(pollMs)
  }
  await untilIdle(graceMs)
  ending.end()
  await untilIdle(flushMs)
  await Promise.race([stopped, resolveAfter(flushMs)])
  await ending.stop(true)
}

export const waitingWords = 'Stopping: waiting for running requests. Press Ctrl-C again to stop at once.\n'

const stopping = (ending: Ending, { delayMs }: EndTimes): string | undefined => {
  if (delayMs > 0)
    return `Stopping: accepting requests for another ${delayMs / millisecondsPerSecond} s. Press Ctrl-C again to stop at once.\n`
  return ending.running() === 0 ? undefined : waitingWords
}

/**
 * Resolves after a signal of `names`, when the running responses have ended or the time limit is over. A second signal
 * ends at once.
 */
export const untilStopped = (
  ending: Ending,
  say: (text: string) => void,
  names: readonly NodeJS.Signals[],
  times = defaultTimes,
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
      const words = stopping(ending, times)
      if (words !== undefined) say(words)
      void stopOrderly(ending, times).then(over)
    }
    for (const name of names) process.on(name, stop)
  })

const hangUpBit = 1

/** `nohup` makes a program ignore SIGHUP. Linux shows that; elsewhere we assume it for programs without a terminal. */
export const isHangUpIgnored = (isTerminal: boolean): boolean => {
  const status = attempt(() => readFileSync('/proc/self/status', 'utf8'))
  if (status === undefined) return !isTerminal
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? ''
  return (Number.parseInt(mask.slice(-1), 16) & hangUpBit) !== 0
}

/** The signals that shut the server down. A handler for an ignored signal would make it effective again. */
export const endingSignals = (isTerminal: boolean): NodeJS.Signals[] => [
  'SIGINT',
  'SIGTERM',
  ...(isHangUpIgnored(isTerminal) ? [] : ['SIGHUP' as const]),
  // Ctrl-Break; a closed console sends it first.
  ...(process.platform === 'win32' ? ['SIGBREAK' as const] : []),
]

/** Logs uncaught errors in one line, without their message. The server goes on, because other requests run. */
export const surviveFaults = (log: Logger): void => {
  process.on('uncaughtException', (thrown) => log.error('internal_error', errorLocation(thrown)))
  process.on('unhandledRejection', (thrown) => log.error('internal_error', errorLocation(thrown)))
}
