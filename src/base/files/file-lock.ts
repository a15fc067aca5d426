import { closeSync, linkSync, openSync, renameSync, rmSync, type Stats, statSync, utimesSync } from 'node:fs'
import { setTimeout as resolveAfter } from 'node:timers/promises'
import { attempt } from '../attempt.ts'
import { errorCode } from '../error-code.ts'

/** Lets only one process at a time change a file, with a lock file next to it. */

const ownerAlone = 0o600
/** The owner of a lock touches it more often, so the owner of an older lock has crashed. */
const staleMs = 10_000
/** Three touches may fail, for example while the machine is busy, before the lock is stale. */
const usualTouchMs = 3000
/** Too short for a user to notice. */
const pollMs = 20
/** Longer than a crashed process can block the lock. */
const usualTimeoutMs = 15_000

/** Another process held the lock until the timeout. */
export class LockedError extends Error {
  override readonly name = 'LockedError'
  readonly lock: string

  constructor(lock: string) {
    super('locked')
    this.lock = lock
  }
}

/** Compares in both directions, because a clock may be set back. */
const isStale = ({ mtimeMs }: Stats): boolean => Math.abs(Date.now() - mtimeMs) > staleMs

/** Of two processes that see the same stale lock, the slower one must not remove the new lock of the faster one. */
const removeStale = (lock: string): void => {
  const moved = `${lock}.${crypto.randomUUID()}`
  attempt(() => renameSync(lock, moved))
  const found = statSync(moved, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!isStale(found)) attempt(() => linkSync(moved, lock))
  rmSync(moved, { force: true })
}

/** Tries to take the lock. Returns what identifies it, or undefined. Throws what the file system throws. */
const take = (lock: string): Stats | undefined => {
  try {
    closeSync(openSync(lock, 'wx', ownerAlone))
    return statSync(lock)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  }
  const held = statSync(lock, { throwIfNoEntry: false })
  if (held !== undefined && isStale(held)) removeStale(lock)
  return undefined
}

/** Whether the lock is still the one that was taken: another process may have removed it, if this one was suspended. */
const isOwn = (lock: string, taken: Stats): boolean => {
  const found = statSync(lock, { throwIfNoEntry: false })
  return found?.ino === taken.ino && found.mtimeMs === taken.mtimeMs
}

/** Keeps the lock fresh until `release`. */
const hold = (lock: string, first: Stats, touchMs: number) => {
  let taken = first
  const touch = (): void => {
    if (!isOwn(lock, taken)) return
    const now = new Date()
    utimesSync(lock, now, now)
    taken = statSync(lock)
  }
  const timer = setInterval(() => attempt(touch), touchMs)
  timer.unref()
  return {
    release(): void {
      clearInterval(timer)
      if (isOwn(lock, taken)) rmSync(lock, { force: true })
    },
  }
}

interface LockOptions {
  /** Longest wait for the lock. */
  readonly timeoutMs?: number
  readonly touchMs?: number
}

/**
 * Runs the work as soon as no other process has the lock. The file's folder must exist. Rejects with LockedError, or
 * with what the file system or the work throws.
 */
export const exclusively = async <T>(
  path: string,
  work: () => T | Promise<T>,
  { timeoutMs = usualTimeoutMs, touchMs = usualTouchMs }: LockOptions = {},
): Promise<T> => {
  const lock = `${path}.lock`
  const end = performance.now() + timeoutMs
  let taken = take(lock)
  while (taken === undefined) {
    if (performance.now() > end) throw new LockedError(lock)
    await resolveAfter(pollMs)
    taken = take(lock)
  }
  const { release } = hold(lock, taken, touchMs)
  try {
    return await work()
  } finally {
    release()
  }
}
