import { errorCode } from '../base/error-code.ts'
import { UsageError } from '../base/usage-error.ts'
import type { Listener } from '../server/listen.ts'
import { portOwner } from './port-owner.ts'

export interface Place {
  readonly hostname: string
  readonly port: number
}

/** Starts something that listens, or says in words why it cannot. Rejects with UsageError. */
export const listenOrExplain = async <T>(start: () => T, { hostname, port }: Place, platform: string): Promise<T> => {
  try {
    return start()
  } catch (error) {
    const code = errorCode(error)
    if (code === 'EADDRINUSE') {
      const owner = await portOwner(hostname, port, platform)
      const by = owner === undefined ? '' : ` by ${owner}`
      throw new UsageError(
        `Port ${port} on ${hostname} is taken${by}. Stop it, or choose another port with --port (0 for any free one).`,
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

/** How long running answers may take to end after the first signal. */
const graceMs = 30_000

/**
 * Resolves when the program is told to end (SIGINT, SIGTERM) and the running answers have ended, or
 * the time for that is up. A second signal ends at once.
 */
export const untilStopped = (listener: Pick<Listener, 'stop'>, say: (text: string) => void): Promise<void> =>
  new Promise((resolve) => {
    let isStopping = false
    const stop = (): void => {
      if (isStopping) {
        void listener.stop(true).then(resolve)
        return
      }
      isStopping = true
      const timer = setTimeout(() => void listener.stop(true).then(resolve), graceMs)
      say('Stopping: waiting for running answers. Press Ctrl-C again to end at once.\n')
      void listener.stop(false).then(() => {
        clearTimeout(timer)
        resolve()
      })
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
