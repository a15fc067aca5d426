import { closeSync, openSync, rmSync, statSync } from 'node:fs'
import { errorCode } from '../../base/error-code.ts'

/** One at a time among all programs that change a file: a lock file beside it, as long as the work lasts. */

const ownerAlone = 0o600
/** What is done under a lock takes some milliseconds: whoever still holds it then has crashed. */
const staleMs = 10_000
/** A person does not see it. */
const pollMs = 20
/** Longer than a crash can hold things up. */
const timeoutMs = 15_000

/** Somebody else has held the lock all the time. */
export class LockedError extends Error {
  override readonly name = 'LockedError'
  readonly lock: string

  constructor(lock: string) {
    super('locked')
    this.lock = lock
  }
}

/** Whether the lock is ours now. Throws what the file system throws. */
const take = (lock: string, now: number): boolean => {
  try {
    closeSync(openSync(lock, 'wx', ownerAlone))
    return true
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  }
  const held = statSync(lock, { throwIfNoEntry: false })
  // In either direction: a clock may be set back.
  if (held !== undefined && Math.abs(now - held.mtimeMs) > staleMs) rmSync(lock, { force: true })
  return false
}

/**
 * Does the work as soon as no other program is at that file, whose folder must be there. It is never asynchronous, so
 * that no lock is held for long. Rejects with LockedError, or with what the file system or the work throws.
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
