import { basename } from 'node:path'
import { attempt } from '../../base/attempt.ts'
import { errorCode } from '../../base/error-code.ts'
import { nameOf } from '../../base/error-location.ts'
import type { Logger } from '../../base/logger.ts'
import type { UsageStoreState } from '../usage-store.ts'
import {
  type DatabaseFile,
  identityOf,
  isBusy,
  isCorrupt,
  openDatabaseFile,
  removeLog,
  setAside,
  UnusableFileError,
} from './database-file.ts'

/** The history's file while the server runs: opened when it is needed, and again after a failure (OP-H1, OP-H3). */

export interface HistoryFileOptions {
  readonly file: string
  readonly log: Logger
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Milliseconds since 1970. */
  readonly date: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
}

/** The name is the reason, for the log: a code of SQLite or of the file system. */
class HistoryError extends Error {
  constructor(cause: unknown) {
    super('the history cannot be used', { cause })
    this.name = errorCode(cause) ?? nameOf(cause)
  }
}

const retryMs = 10_000
/** As long as another process may hold the lock, and how often it is tried. */
const [lockMs, lockPollMs] = [2000, 20]

/** Waits for the lock without blocking the process. */
const whenFree = async <T>({ now, sleep }: HistoryFileOptions, work: () => T): Promise<T> => {
  const end = now() + lockMs
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || now() >= end) throw error
    }
    await sleep(lockPollMs)
  }
}

/** `corrupt` identifies a file that has invalid pages; another process may have replaced it. */
const load = async (options: HistoryFileOptions, corrupt: string | undefined): Promise<DatabaseFile> => {
  const { file, log, date } = options
  const { Database } = await import('bun:sqlite')
  const moveAside = (): void => {
    const renamed = setAside(file, new Date(date()))
    log.warn('history.corrupt', { renamed: basename(renamed) })
  }
  if (corrupt !== undefined && corrupt === identityOf(file)) moveAside()
  return whenFree(options, () => {
    try {
      return openDatabaseFile(file, Database)
    } catch (error) {
      if (!isCorrupt(error)) throw error
      moveAside()
      return openDatabaseFile(file, Database)
    }
  })
}

export const createHistoryFile = (options: HistoryFileOptions) => {
  const { file, log, now } = options
  let opened: DatabaseFile | undefined
  let opening: Promise<DatabaseFile> | undefined
  let failure: HistoryError | undefined
  let retryAt = 0
  /** Identity of the file that has invalid pages. */
  let corrupt: string | undefined
  let state: UsageStoreState = 'on'

  const close = (): void => {
    attempt(() => opened?.connection.close())
    opened = undefined
  }
  const fail = (error: unknown, connection = opened?.connection): HistoryError => {
    // The file may already be open again.
    if (connection !== opened?.connection) return new HistoryError(error)
    if (isCorrupt(error)) corrupt = opened?.identity
    close()
    failure = new HistoryError(error)
    retryAt = now() + retryMs
    const next = error instanceof UnusableFileError ? 'off' : 'failed'
    if (state !== next) log.warn(next === 'off' ? 'history.off' : 'history.failed', { reason: failure.name })
    state = next
    return failure
  }
  const open = async (): Promise<DatabaseFile> => {
    try {
      opened = await load(options, corrupt)
      corrupt = undefined
      return opened
    } catch (error) {
      throw fail(error)
    } finally {
      opening = undefined
    }
  }
  return {
    whenFree: <T>(work: () => T): Promise<T> => whenFree(options, work),
    fail,
    close,
    state: () => state,
    /** Call this after a write. */
    works(): void {
      if (state === 'failed') log.info('history.works')
      state = 'on'
    },
    /** Rejects with HistoryError, also until the next try after a failure. */
    async acquire(): Promise<DatabaseFile> {
      // A user may delete or replace the file, and another process may rename it.
      if (opened !== undefined && opened.identity !== identityOf(file)) {
        const replaced = opened
        close()
        attempt(() => removeLog(file, replaced))
      }
      if (opened !== undefined) return opened
      if (failure !== undefined && (state === 'off' || (state === 'failed' && now() < retryAt))) throw failure
      opening ??= open()
      return opening
    },
  }
}
