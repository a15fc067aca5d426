import { statSync } from 'node:fs'
import type { PauseOptions } from '../pause.ts'
import { type Connection, createConnection } from './connection.ts'
import { checkVersion } from './database-file.ts'
import { createHistoryReader, type HistoryReader } from './reader.ts'
import { type Deletion, deleteClient, deleteRequestsBefore, deleteSlotsBefore, shrink } from './retention.ts'

/** A history for commands: while the server writes it, and copies of the file (OP-H7, OP-U5). */

/** A command may wait for the server's lock. */
const waitForLocks = 'PRAGMA busy_timeout = 2000'

const isPresent = (path: string): boolean => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0

/**
 * Opens the file for reading. Without a write-ahead log, no process writes it at present: SQLite then needs no files
 * of its own next to it, and the folder may be read-only.
 */
const openReadOnly = async (file: string): Promise<Connection> => {
  const { Database, constants } = await import('bun:sqlite')
  const { pathToFileURL } = await import('node:url')
  const { SQLITE_OPEN_READONLY, SQLITE_OPEN_URI } = constants
  const query = isPresent(`${file}-wal`) ? 'mode=ro' : 'immutable=1'
  return createConnection(new Database(`${pathToFileURL(file)}?${query}`, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI))
}

const openToChange = async (file: string): Promise<Connection> => {
  const { Database } = await import('bun:sqlite')
  return createConnection(new Database(file, { readwrite: true, create: false, strict: true }))
}

/** Returns undefined if there is no history. */
const openChecked = async (
  file: string,
  open: (file: string) => Promise<Connection>,
): Promise<Connection | undefined> => {
  if (!isPresent(file)) return undefined
  const connection = await open(file)
  try {
    connection.execute(waitForLocks)
    if (checkVersion(connection) > 0) return connection
  } catch (error) {
    connection.close()
    throw error
  }
  connection.close()
  return undefined
}

export interface OpenHistory extends HistoryReader {
  close(): void
}

export type OpenHistoryOptions = PauseOptions & {
  /** Milliseconds since 1970. */
  readonly date: () => number
}

/**
 * Opens the history for reading; undefined if there is none. Rejects with UnusableFileError for a file of a newer
 * version or of another program, and with SQLite's errors. Does not see later writes: open it again for those.
 */
export const openHistory = async (file: string, options: OpenHistoryOptions): Promise<OpenHistory | undefined> => {
  const connection = await openChecked(file, openReadOnly)
  return connection && { ...createHistoryReader({ ...options, connection }), close: connection.close }
}

/** What `usage delete` deletes. */
export type HistoryPart = { readonly before: number } | { readonly client: string }

const deletePart = async (deletion: Deletion, part: HistoryPart): Promise<number> => {
  if ('client' in part) return deleteClient(deletion, part.client)
  await deleteSlotsBefore(deletion, part.before)
  return deleteRequestsBefore(deletion, part.before)
}

/**
 * Deletes a part of the history, also while the server writes it. `before`: milliseconds since 1970. Returns the
 * number of deleted requests; undefined if there is no history. Rejects as `openHistory`.
 */
export const deleteFromHistory = async (
  file: string,
  part: HistoryPart,
  turn: () => Promise<void>,
): Promise<number | undefined> => {
  const connection = await openChecked(file, openToChange)
  if (connection === undefined) return undefined
  try {
    // Nothing of a deleted row stays in the file.
    connection.execute('PRAGMA secure_delete = ON')
    const deleted = await deletePart({ connection, turn }, part)
    await shrink({ connection, turn })
    connection.rows('PRAGMA wal_checkpoint(TRUNCATE)')
    return deleted
  } finally {
    connection.close()
  }
}
