import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
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
import { attempt } from '../../base/attempt.ts'
import { errorCode } from '../../base/error-code.ts'
import { UsageError } from '../../base/usage-error.ts'
import { editConfigFile, holdsSecret } from '../../config/edit.ts'
import type { ConfigFile } from '../../config/files.ts'
import type { SettingKey } from '../../config/settings/settings.ts'
import { exclusively, LockedError } from '../system/file-lock.ts'
import { readOptional } from './config-input.ts'

/** Changes a configuration file on disk: atomically, under a lock, and with owner-only access if it has a secret. */

const ownerAlone = 0o600
const ownersFolder = 0o700
const permissions = 0o777

/** Operating systems treat more links than this as a loop. */
const maximumLinks = 40

/** Resolves a chain of links, so that the links themselves stay. The target need not exist. */
const targetOf = (path: string): string => {
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

/** Never grants more access than before. */
const modeFor = (before: Stats | undefined, isSecret: boolean): number => {
  if (before === undefined) return ownerAlone
  return before.mode & (isSecret ? ownerAlone : permissions)
}

/** Only the owner can read the temporary file, from its creation on. */
const replace = (target: string, text: string, mode: number, before: Stats | undefined): void => {
  const temporary = `${target}.${crypto.randomUUID()}.tmp`
  const file = openSync(temporary, 'wx', ownerAlone)
  try {
    try {
      writeFileSync(file, text)
      // If root changes another user's file, the owner stays the same.
      if (before !== undefined) attempt(() => fchownSync(file, before.uid, before.gid))
      fchmodSync(file, mode)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, target)
  } catch (error) {
    attempt(() => unlinkSync(temporary))
    throw error
  }
}

/** Throws what the file system throws. */
const write = (target: string, text: string, isSecret: boolean): void => {
  const before = statSync(target, { throwIfNoEntry: false })
  // A rename would ignore the file's permissions.
  if (before !== undefined) accessSync(target, constants.W_OK)
  replace(target, text, modeFor(before, isSecret), before)
}

/** Reads the file; a missing file is an empty object. Throws UsageError if it cannot be read. */
export const readConfigFile = (path: string): ConfigFile => {
  const [file] = readOptional(path)
  return file ?? { path, text: '{}' }
}

const toUsageError = (path: string, error: unknown): UsageError => {
  if (error instanceof UsageError) return error
  if (error instanceof LockedError) {
    return new UsageError(
      `Another program is changing ${path}. Try again. If no other program is running, remove ${error.lock} first.`,
    )
  }
  return new UsageError(
    `${path} cannot be written (${errorCode(error) ?? 'unknown'}). Check the free space and your permissions, or use another file: --config.`,
  )
}

/**
 * Sets a setting in a file, or removes it (undefined). A lock makes processes of this program wait for each other, so
 * that no change is lost. Rejects with UsageError.
 */
export const changeConfigFile = async (path: string, key: SettingKey, value: unknown): Promise<void> => {
  /** Undefined if the file already has the value. */
  const edit = (): ConfigFile | undefined => {
    const before = readConfigFile(path)
    const text = editConfigFile(before, key, value)
    return text === before.text ? undefined : { path, text }
  }
  // If there is nothing to change, or an error, no folder and no lock are created.
  if (edit() === undefined) return
  try {
    const target = targetOf(path)
    mkdirSync(dirname(target), { recursive: true, mode: ownersFolder })
    await exclusively(target, () => {
      const after = edit()
      if (after !== undefined) write(target, after.text, holdsSecret(after))
    })
  } catch (error) {
    throw toUsageError(path, error)
  }
}
