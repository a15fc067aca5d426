import { accessSync, constants, existsSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs'
import { dirname, relative, sep } from 'node:path'
import { attempt } from '../../base/attempt.ts'
import { errorCode } from '../../base/error-code.ts'
import { linkTarget } from '../../base/files/replace-file.ts'
import { UsageError } from '../../base/usage-error.ts'

/** Reads a file of a client, and refuses one that setup must not change (SU-7). */

const mostBytes = 2 * 1024 * 1024
const ownerWrites = 0o200

export interface TargetFile {
  /** As the client names it. */
  readonly path: string
  /** The file that links lead to. */
  readonly target: string
  /** Undefined if the file does not exist. */
  readonly text: string | undefined
  readonly mode: number | undefined
}

interface ReadOptions {
  readonly home: string
  /** Whether links may lead out of the home folder. */
  readonly isYes: boolean
  /** Undefined on Windows. */
  readonly userId?: number | undefined
}

const isInside = (folder: string, path: string): boolean => {
  const way = relative(attempt(() => realpathSync(folder)) ?? folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !way.startsWith(sep)
}

/** The nearest folder that exists. */
const existingFolder = (path: string): string => {
  const folder = dirname(path)
  return folder === path || existsSync(folder) ? folder : existingFolder(folder)
}

/** Where links lead, also those of folders of a file that does not exist. */
const realTarget = (path: string): string => {
  const target = linkTarget(path)
  const folder = existingFolder(target)
  const real = attempt(() => realpathSync(folder)) ?? folder
  return real === folder ? target : real + target.slice(folder.length)
}

/** Throws UsageError. The link must go, not what it leads to: `/dev/null`, for example. */
const checkLinkedFile = (path: string, target: string, found: Stats): void => {
  if (target !== path && !found.isFile())
    throw new UsageError(`${path} leads to ${target}, which is not a file. Remove the link.`)
}

const checkLink = (path: string, target: string, { home, isYes }: ReadOptions): void => {
  if (target === path || isYes || isInside(home, target) || !isInside(home, path)) return
  throw new UsageError(`${path} leads to ${target}, outside your home folder. Pass --yes to change that file.`)
}

const checkFile = (path: string, found: Stats, { userId }: ReadOptions): void => {
  if (!found.isFile()) throw new UsageError(`${path} is not a file. Move it away.`)
  if (found.size > mostBytes) throw new UsageError(`${path} is larger than 2 MB. Change it yourself.`)
  if (userId !== undefined && found.uid !== userId)
    throw new UsageError(`${path} belongs to another user. Run setup as that user.`)
  if ((found.mode & ownerWrites) === 0) throw new UsageError(`${path} is read-only. Allow writing, and try again.`)
}

const decoded = (path: string, bytes: Uint8Array): string => {
  try {
    // With the byte order mark, so that the text has every byte of the file.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new UsageError(`${path} is not valid UTF-8. Save it as UTF-8 first.`)
  }
}

/** Throws UsageError for a file that cannot be read, or must not be changed. */
export const readTargetFile = (path: string, options: ReadOptions): TargetFile => {
  const target = realTarget(path)
  checkLink(path, target, options)
  try {
    const found = statSync(target, { throwIfNoEntry: false })
    accessSync(existingFolder(target), constants.W_OK)
    if (found === undefined) return { path, target, text: undefined, mode: undefined }
    checkLinkedFile(path, target, found)
    checkFile(target, found, options)
    accessSync(target, constants.R_OK | constants.W_OK)
    return { path, target, text: decoded(path, readFileSync(target)), mode: found.mode }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(
      `${path} cannot be changed (${errorCode(error) ?? 'unknown'}). Check the path and your permissions.`,
    )
  }
}
