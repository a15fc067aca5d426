import { setMostRecent } from '../../../base/lru.ts'
import { type FileState, type FileText, readFileText, stateOfFile } from './credential-file.ts'

/** The content of a file at its last change. */
export interface CachedFile<T> {
  readonly state: FileState
  readonly content: T
}

export interface FileCacheOptions<T> {
  /** What is remembered of a file. */
  readonly toContent: (file: FileText, path: string) => T
  readonly isInvalid: (content: T) => boolean
  /** A file was read because it is new or has changed. */
  readonly onRead?: (path: string, file: CachedFile<T>) => void
  readonly sleep: (milliseconds: number) => Promise<void>
}

/** A program that writes a file takes less. */
const halfWrittenMs = 50
const mostFiles = 1000

/** Files that are read again when they have changed (AU-K12). No watcher: many network file systems do not support it. */
export const createFileCache = <T>({ toContent, isInvalid, onRead, sleep }: FileCacheOptions<T>) => {
  const files = new Map<string, CachedFile<T>>()
  const reads = new Map<string, Promise<CachedFile<T> | undefined>>()

  /** The state is from before the read: a change in between causes another read. */
  const readOnce = async (path: string, state: FileState): Promise<CachedFile<T>> => ({
    state,
    content: toContent(await readFileText(path), path),
  })
  const read = async (path: string, first: FileState): Promise<CachedFile<T> | undefined> => {
    let file = await readOnce(path, first)
    if (isInvalid(file.content)) {
      // Perhaps another program is writing it.
      await sleep(halfWrittenMs)
      const state = stateOfFile(path)
      if (state === undefined) return undefined
      file = await readOnce(path, state)
    }
    setMostRecent(files, path, file, mostFiles)
    onRead?.(path, file)
    return file
  }
  const startRead = (path: string, state: FileState): Promise<CachedFile<T> | undefined> => {
    const running = read(path, state).finally(() => reads.delete(path))
    reads.set(path, running)
    return running
  }
  /** Undefined without such a file. Rejects if the folder cannot be searched. Requests share one read. */
  const get = async (path: string): Promise<CachedFile<T> | undefined> => {
    const state = stateOfFile(path)
    if (state === undefined) return void files.delete(path)
    const known = files.get(path)
    if (known?.state.identity === state.identity) {
      setMostRecent(files, path, known, mostFiles)
      return known
    }
    const running = reads.get(path)
    if (running === undefined) return startRead(path, state)
    await running
    // That read may have begun before the last change.
    return get(path)
  }
  return { get }
}
