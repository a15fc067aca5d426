import { constants, lstatSync, type Stats, statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { attempt } from '../../../base/attempt.ts'
import { errorCode } from '../../../base/error-code.ts'

/** Reads one file whose name may come from a client: never a device or a pipe, and never more than a limit. */

/** A file that exists, as it is now. */
export interface FileState {
  /** Differs after each change, also if a link leads to another file. */
  readonly identity: string
  /** The permissions of users. */
  readonly mode: number
}

export type FileText = { readonly text: string } | { readonly problem: string }

/** Far more than keys and tokens need. */
const longestBytes = 64 * 1024

const unreadable = (error: unknown): string => `the file cannot be read (${errorCode(error) ?? 'unknown'})`

const permissions = 0o777

// The time of the last change of the inode, too: a file that becomes readable keeps its other figures.
const stateOf = ({ dev, ino, mtimeMs, ctimeMs, size, mode }: Stats): FileState => ({
  identity: `${dev}:${ino}:${mtimeMs}:${ctimeMs}:${size}`,
  mode: mode & permissions,
})

const ownState = (path: string): Stats | undefined => {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    // A long host name.
    if (errorCode(error) === 'ENAMETOOLONG') return undefined
    throw error
  }
}

/**
 * Undefined without such a file; of a link, the state of its target. Throws if the folder cannot be searched.
 * Synchronous, because it runs for each request: it takes 2 µs, and the asynchronous call takes 15 µs.
 */
export const stateOfFile = (path: string): FileState | undefined => {
  const own = ownState(path)
  if (own === undefined || !own.isSymbolicLink()) return own && stateOf(own)
  const target = attempt(() => statSync(path))
  // A link without a target is a file that cannot be read: it is not the same as no file.
  return target ? stateOf(target) : { ...stateOf(own), mode: 0 }
}

const readAll = async (file: FileHandle): Promise<string | undefined> => {
  const buffer = Buffer.alloc(longestBytes + 1)
  let bytes = 0
  for (let more = -1; more !== 0 && bytes <= longestBytes; bytes += more)
    more = (await file.read(buffer, bytes, buffer.length - bytes, null)).bytesRead
  return bytes > longestBytes ? undefined : buffer.toString('utf8', 0, bytes)
}

const readOpen = async (file: FileHandle): Promise<FileText> => {
  if (!(await file.stat()).isFile()) return { problem: 'the file is not a regular file' }
  const text = await readAll(file)
  return text === undefined ? { problem: 'the file is larger than 64 KB' } : { text }
}

/** Does not wait for the other end of a pipe. Windows has no such flag. */
const readFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** Never rejects. */
export const readFileText = async (path: string): Promise<FileText> => {
  let file: FileHandle | undefined
  try {
    file = await open(path, readFlags)
    return await readOpen(file)
  } catch (error) {
    return { problem: unreadable(error) }
  } finally {
    await file?.close()
  }
}
