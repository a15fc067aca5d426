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
import { errorCode } from '../../base/error-code.ts'
import { UsageError } from '../../base/usage-error.ts'
import { editConfigFile, holdsSecret } from '../../config/edit.ts'
import type { ConfigFile } from '../../config/files.ts'
import type { SettingKey } from '../../config/settings.ts'
import { readOptional } from '../config-input.ts'

/** Changes a configuration file on the disk: all of it or nothing, and readable by its owner alone where it must be. */

const ownerAlone = 0o600
const ownersFolder = 0o700
const permissions = 0o777

const attempt = <T>(act: () => T): T | undefined => {
  try {
    return act()
  } catch {
    return undefined
  }
}

/** Where a link leads, so that the link stays one; its end need not be there yet. */
const targetOf = (path: string): string => {
  const link = attempt(() => readlinkSync(path))
  return attempt(() => realpathSync(path)) ?? (link === undefined ? path : resolve(dirname(path), link))
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

const write = ({ path, text }: ConfigFile, isSecret: boolean): void => {
  try {
    const target = targetOf(path)
    const before = statSync(target, { throwIfNoEntry: false })
    if (before === undefined) mkdirSync(dirname(target), { recursive: true, mode: ownersFolder })
    // A rename would take no notice of it.
    else accessSync(target, constants.W_OK)
    replace(target, text, modeFor(before, isSecret), before)
  } catch (error) {
    throw new UsageError(
      `${path} cannot be written (${errorCode(error) ?? 'unknown'}). Is there room, and may you write there? --config names another file.`,
    )
  }
}

/** The file as it is; an empty one where there is none. Throws UsageError where it cannot be read. */
export const readConfigFile = (path: string): ConfigFile => {
  const [file] = readOptional(path)
  return file ?? { path, text: '{}' }
}

/**
 * Puts one setting into a file, or takes it out (undefined). Read, changed and written in one go: what
 * another program wrote meanwhile is not lost. Throws UsageError.
 */
export const changeConfigFile = (path: string, key: SettingKey, value: unknown): void => {
  const before = readConfigFile(path)
  const after = { path, text: editConfigFile(before, key, value) }
  if (after.text !== before.text) write(after, holdsSecret(after))
}
