import { closeSync, openSync, rmSync, statSync } from 'node:fs'
import { errorCode } from '../../base/error-code.ts'

/** Lets only one process at a time change a file, with a lock file next to it. */

const ownerAlone = 0o600
/** Work under a lock takes some milliseconds, so the owner of an older lock has crashed. */
const staleMs = 10_000
/** Too short for a user to notice. */
const pollMs = 20
/** Longer than a crashed process can block the lock. */
const timeoutMs = 15_000

/** Another process held the lock until the timeout. */
export class LockedError extends Error {
  override readonly name = 'LockedError'
  readonly lock: string

  constructor(lock: string) {
    super('locked')
    this.lock = lock
  }
}

/** Tries to take the lock. Throws what the file system throws. */
const take = (lock: string, now: number): boolean => {
  try {
    closeSync(openSync(lock, 'wx', ownerAlone))
    return true
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  }
  const held = statSync(lock, { throwIfNoEntry: false })
  // Compares in both directions, because a clock may be set back.
  if (held !== undefined && Math.abs(now - held.mtimeMs) > staleMs) rmSync(lock, { force: true })
  return false
}

/**
 * Runs the work as soon as no other process has the lock. The file's folder must exist. The work is synchronous, so
 * that the lock is short. Rejects with LockedError, or with what the file system or the work throws.
 */
export const exclusively = async (path: string, work: () => void): Promise<void> => {
  const lock = `${path}.lock`
  for (let waitedMs = 0; !take(lock, Date.now()); waitedMs += pollMs) {
    if (waitedMs > timeoutMs) throw new LockedError(lock)
    await Bun.sleep(pollMs)
  }
  try {
    work()
  } finally {
    rmSync(lock, { force: true })
  }
}
