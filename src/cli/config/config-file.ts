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

/** Changes a configuration file on the disk: all of it or nothing, one at a time, and readable by its owner alone where it must be. */

const ownerAlone = 0o600
const ownersFolder = 0o700
const permissions = 0o777

/** More than that are a circle for every system. */
const maximumLinks = 40

/** Where a link leads, over others perhaps, so that each stays one; its end need not be there yet. */
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

/** Never looser than it was. */
const modeFor = (before: Stats | undefined, isSecret: boolean): number => {
  if (before === undefined) return ownerAlone
  return before.mode & (isSecret ? ownerAlone : permissions)
}

/** Nobody else can read the temporary file at any time, not even before it is finished. */
const replace = (target: string, text: string, mode: number, before: Stats | undefined): void => {
  const temporary = `${target}.${crypto.randomUUID()}.tmp`
  const file = openSync(temporary, 'wx', ownerAlone)
  try {
    try {
      writeFileSync(file, text)
      // Where somebody else's file is changed (by root) it stays theirs.
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
  // A rename would take no notice of it.
  if (before !== undefined) accessSync(target, constants.W_OK)
  replace(target, text, modeFor(before, isSecret), before)
}

/** The file as it is; an empty one where there is none. Throws UsageError where it cannot be read. */
export const readConfigFile = (path: string): ConfigFile => {
  const [file] = readOptional(path)
  return file ?? { path, text: '{}' }
}

const toUsageError = (path: string, error: unknown): UsageError => {
  if (error instanceof UsageError) return error
  if (error instanceof LockedError) {
    return new UsageError(
      `${path} is being changed by another program. Try again; where there is none, remove ${error.lock} first.`,
    )
  }
  return new UsageError(
    `${path} cannot be written (${errorCode(error) ?? 'unknown'}). Is there room, and may you write there? --config names another file.`,
  )
}

/**
 * Puts one setting into a file, or takes it out (undefined). Nobody else's change between reading and writing is
 * lost: those of this program wait for each other. Rejects with UsageError.
 */
export const changeConfigFile = async (path: string, key: SettingKey, value: unknown): Promise<void> => {
  /** Undefined where the file says the same already. */
  const edit = (): ConfigFile | undefined => {
    const before = readConfigFile(path)
    const text = editConfigFile(before, key, value)
    return text === before.text ? undefined : { path, text }
  }
  // What cannot be edited, or need not be, needs neither a folder nor a lock.
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
