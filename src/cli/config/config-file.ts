import { mkdirSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { errorCode } from '../../base/error-code.ts'
import { exclusively, LockedError } from '../../base/files/file-lock.ts'
import { linkTarget, replaceFile } from '../../base/files/replace-file.ts'
import { UsageError } from '../../base/usage-error.ts'
import { editConfigFile, holdsSecret } from '../../config/edit.ts'
import type { ConfigFile } from '../../config/files.ts'
import type { SettingKey } from '../../config/settings/settings.ts'
import { readOptional } from './config-input.ts'

/** Changes a configuration file on disk: atomically, under a lock, and with owner-only access if it has a secret. */

const ownerAlone = 0o600
const ownersFolder = 0o700
const permissions = 0o777

/** Never grants more access than before. */
const modeFor = (before: Stats | undefined, isSecret: boolean): number => {
  if (before === undefined) return ownerAlone
  return before.mode & (isSecret ? ownerAlone : permissions)
}

/** Reads the file; a missing file is an empty object. Throws UsageError if it cannot be read. */
export const readConfigFile = (path: string): ConfigFile => {
  const [file] = readOptional(path)
  return file ?? { path, text: '{}' }
}

/** `otherFile`: the flag that names another file. */
const toUsageError = (path: string, error: unknown, otherFile: string): UsageError => {
  if (error instanceof UsageError) return error
  if (error instanceof LockedError) {
    return new UsageError(
      `Another program is changing ${path}. Try again. If no other program is running, remove ${error.lock} first.`,
    )
  }
  return new UsageError(
    `${path} cannot be written (${errorCode(error) ?? 'unknown'}). Check the free space and your permissions, or use another file: ${otherFile}.`,
  )
}

/**
 * Runs `change` with the file that a link leads to, in a folder that exists. A lock makes processes of this program wait
 * for each other, so that no change is lost. `otherFile`: the flag that names another file. Rejects with UsageError.
 */
export const changeExclusively = async (
  path: string,
  otherFile: string,
  change: (target: string) => Promise<void>,
): Promise<void> => {
  try {
    const target = linkTarget(path)
    mkdirSync(dirname(target), { recursive: true, mode: ownersFolder })
    await exclusively(target, () => change(target))
  } catch (error) {
    throw toUsageError(path, error, otherFile)
  }
}

/** Sets a setting in a file, or removes it (undefined). Rejects with UsageError. */
export const changeConfigFile = async (path: string, key: SettingKey, value: unknown): Promise<void> => {
  /** Undefined if the file already has the value. */
  const edit = (): ConfigFile | undefined => {
    const before = readConfigFile(path)
    const text = editConfigFile(before, key, value)
    return text === before.text ? undefined : { path, text }
  }
  // If there is nothing to change, or an error, no folder and no lock are created.
  if (edit() === undefined) return
  await changeExclusively(path, '--config', async (target) => {
    const after = edit()
    if (after === undefined) return
    await replaceFile(target, after.text, { modeFor: (before) => modeFor(before, holdsSecret(after)) })
  })
}
