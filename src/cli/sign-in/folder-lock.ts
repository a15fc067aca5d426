import { existsSync } from 'node:fs'
import { unbracketed } from '../../base/brackets.ts'
import { exclusively, LockedError } from '../../base/files/file-lock.ts'
import { UsageError } from '../../base/usage-error.ts'
import type { SignInServer } from '../../wire/sign-in-server.ts'
import { isProcessAlive } from '../system/is-process-alive.ts'

/** Keeps a second server out of the folder of sign-in (SI-S3). */

export interface LockTimes {
  /** For a lock whose server may have ended without removing it: longer than such a lock lasts. */
  readonly abandonedMs: number
  /** For a lock whose server runs. */
  readonly heldMs: number
}

const usualTimes: LockTimes = { abandonedMs: 12_000, heldMs: 500 }

interface Servers {
  /** Id of this process. */
  readonly own: number
  /** The server that used the folder last. */
  readonly last: SignInServer | undefined
}

const standardPort = (protocol: string): string => (protocol === 'https:' ? '443' : '80')

/** Also while the program is suspended: the system accepts connections for it. */
const isListening = async (url: string): Promise<boolean> => {
  const { openConnection } = await import('../doctor/sockets.ts')
  const { protocol, hostname, port } = new URL(url)
  try {
    const target = { hostname: unbracketed(hostname), port: Number(port || standardPort(protocol)) }
    const socket = await openConnection(target)
    socket.destroy()
    return true
  } catch {
    return false
  }
}

/** Takes the lock of the file until the returned function is called. Rejects with UsageError if a server has it. */
export const holdLock = async (
  path: string,
  { own, last }: Servers,
  { abandonedMs, heldMs } = usualTimes,
): Promise<() => Promise<void>> => {
  // In containers, each server has the same id: an equal one says nothing.
  const holder = last !== undefined && last.pid !== own && isProcessAlive(last.pid) ? last : undefined
  const isHeld = holder !== undefined
  const held = (): UsageError =>
    new UsageError(
      `Another server has the sessions of sign-in${isHeld ? ` (process ${holder.pid})` : ''}. Stop it, or turn sign-in off for this one.`,
    )
  // The lock of a suspended server looks like one of a server that has crashed.
  if (isHeld && existsSync(`${path}.lock`) && (await isListening(holder.url))) throw held()
  const taken = Promise.withResolvers<void>()
  const over = Promise.withResolvers<void>()
  const work = (): Promise<void> => {
    taken.resolve()
    return over.promise
  }
  const locked = exclusively(path, work, { timeoutMs: isHeld ? heldMs : abandonedMs })
  try {
    await Promise.race([taken.promise, locked])
  } catch (error) {
    if (!(error instanceof LockedError)) throw error
    throw held()
  }
  return async () => {
    over.resolve()
    await locked
  }
}
