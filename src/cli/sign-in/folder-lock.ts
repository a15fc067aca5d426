import { exclusively, LockedError } from '../../base/files/file-lock.ts'
import { UsageError } from '../../base/usage-error.ts'
import { isProcessAlive } from '../system/is-process-alive.ts'

/** Keeps a second server out of the folder of sign-in (SI-S3). */

export interface LockTimes {
  /** For a lock whose server may have ended without removing it: longer than such a lock lasts. */
  readonly abandonedMs: number
  /** For a lock whose server runs. */
  readonly heldMs: number
}

const usualTimes: LockTimes = { abandonedMs: 12_000, heldMs: 500 }

interface Processes {
  readonly own: number
  /** Of the server that used the folder last. */
  readonly last: number | undefined
}

/** Takes the lock of the file until the returned function is called. Rejects with UsageError if a server has it. */
export const holdLock = async (
  path: string,
  { own, last }: Processes,
  { abandonedMs, heldMs } = usualTimes,
): Promise<() => Promise<void>> => {
  // In containers, each server has the same id: an equal one says nothing.
  const isHeld = last !== undefined && last !== own && isProcessAlive(last)
  const taken = Promise.withResolvers<void>()
  const over = Promise.withResolvers<void>()
  const work = (): Promise<void> => {
    taken.resolve()
    return over.promise
  }
  const held = exclusively(path, work, { timeoutMs: isHeld ? heldMs : abandonedMs })
  try {
    await Promise.race([taken.promise, held])
  } catch (error) {
    if (!(error instanceof LockedError)) throw error
    throw new UsageError(
      `Another server has the sessions of sign-in${isHeld ? ` (process ${last})` : ''}. Stop it, or turn sign-in off for this one.`,
    )
  }
  return async () => {
    over.resolve()
    await held
  }
}
