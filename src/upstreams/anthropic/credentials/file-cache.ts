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

  const readOnce = async (path: string, state: FileState): Promise<CachedFile<T>> => {
    const file = await readFileText(path, state)
    return { state: file, content: toContent(file, path) }
  }
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

  return {
    /** Undefined without such a file. Rejects if the folder cannot be searched. Requests share one read. */
    async get(path: string): Promise<CachedFile<T> | undefined> {
      const state = stateOfFile(path)
      if (state === undefined) return void files.delete(path)
      const known = files.get(path)
      if (known?.state.identity !== state.identity) return reads.get(path) ?? startRead(path, state)
      setMostRecent(files, path, known, mostFiles)
      return known
    },
  }
}
