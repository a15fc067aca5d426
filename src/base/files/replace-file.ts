import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { setTimeout as resolveAfter } from 'node:timers/promises'
import { attempt } from '../attempt.ts'
import { errorCode } from '../error-code.ts'

/** Replaces a file atomically: readers see the old text or the new one, never a part of it. */

const ownerAlone = 0o600

/** Operating systems treat more links than this as a loop. */
const maximumLinks = 40

/** Resolves a chain of links, so that the links themselves stay. The target need not exist. */
export const linkTarget = (path: string): string => {
  const real = attempt(() => realpathSync(path))
  if (real !== undefined) return real
  let target = path
  for (let links = 0; links < maximumLinks; links += 1) {
    const end = target
    const link = attempt(() => readlinkSync(end))
    if (link === undefined) return target
    target = resolve(dirname(target), link)
  }
  return path
}

interface ReplaceOptions {
  /** Mode of the new file, for the file before, if there was one. */
  readonly modeFor: (before: Stats | undefined) => number
  readonly rename?: (from: string, to: string) => void
  /** Longest wait for another program. */
  readonly busyMs?: number
}

/** On Windows, a file that another program has open cannot be replaced; programs read such a file in a moment. */
const busyCodes: ReadonlySet<string | undefined> = new Set(['EPERM', 'EACCES', 'EBUSY'])
const usualBusyMs = 1000
const pollMs = 20

/** Tries again while another program has the target open. Rejects with what the last attempt throws. */
const renameWhenFree = async (
  from: string,
  to: string,
  { rename = renameSync, busyMs = usualBusyMs }: ReplaceOptions,
): Promise<void> => {
  const end = performance.now() + busyMs
  while (true) {
    try {
      rename(from, to)
      return
    } catch (error) {
      if (!busyCodes.has(errorCode(error)) || performance.now() > end) throw error
    }
    await resolveAfter(pollMs)
  }
}

/**
 * Writes a temporary file in the same folder, and renames it. Only the owner can read the temporary file, from its
 * creation on. `target` is not a link. Rejects with what the file system throws; then the file before is unchanged.
 */
export const replaceFile = async (target: string, text: string, options: ReplaceOptions): Promise<void> => {
  const before = statSync(target, { throwIfNoEntry: false })
  // A rename would ignore the file's permissions.
  if (before !== undefined) accessSync(target, constants.W_OK)
  const temporary = `${target}.${crypto.randomUUID()}.tmp`
  const file = openSync(temporary, 'wx', ownerAlone)
  try {
    try {
      writeFileSync(file, text)
      // If root changes another user's file, the owner stays the same.
      if (before !== undefined) attempt(() => fchownSync(file, before.uid, before.gid))
      fchmodSync(file, options.modeFor(before))
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    await renameWhenFree(temporary, target, options)
  } catch (error) {
    attempt(() => unlinkSync(temporary))
    throw error
  }
}
