import type { Database } from 'bun:sqlite'
import { closeSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { attempt } from '../../base/attempt.ts'
import { errorCode } from '../../base/error-code.ts'
import { type Connection, createConnection } from './connection.ts'
import { isOnNetwork } from './network-folder.ts'
import { missingColumns } from './request-values.ts'
import { applicationId, migrations, schemaVersion } from './schema.ts'

/** The history's file: made, checked and brought to this version's tables (OP-H1, OP-H3, OP-H6). */

/** A file that the history must not use. The name is the reason, for the log. */
export class UnusableFileError extends Error {
  constructor(reason: 'newer version' | 'not a history' | 'network file system') {
    super(reason)
    this.name = reason
  }
}

const [ownerFolder, ownerFile] = [0o700, 0o600]

const createFile = (file: string): void => {
  const folder = dirname(file)
  mkdirSync(folder, { recursive: true, mode: ownerFolder })
  if (isOnNetwork(folder)) throw new UnusableFileError('network file system')
  // SQLite would make it readable for others; its other files get the same permissions as this one.
  closeSync(openSync(file, 'a', ownerFile))
}

const numberOf = (connection: Connection, sql: string): number => Number(connection.rows(sql)[0]?.[0] ?? 0)

/** Throws UnusableFileError. Changes nothing. */
export const checkVersion = (connection: Connection): number => {
  const version = numberOf(connection, 'PRAGMA user_version')
  const isOwn = numberOf(connection, 'PRAGMA application_id') === applicationId
  if (!isOwn && numberOf(connection, 'SELECT count(*) FROM sqlite_schema') > 0)
    throw new UnusableFileError('not a history')
  if (version > schemaVersion) throw new UnusableFileError('newer version')
  return version
}

const migrate = (connection: Connection): void => {
  if (checkVersion(connection) === schemaVersion) return
  connection.transact(() => {
    // Another process may have done it.
    for (const step of migrations.slice(checkVersion(connection))) connection.execute(step)
    connection.execute(`PRAGMA user_version = ${schemaVersion}`)
    connection.execute(`PRAGMA application_id = ${applicationId}`)
  })
}

/** Gives a file of an older program the columns that came later. */
const addColumns = (connection: Connection): void => {
  if (missingColumns(connection).length === 0) return
  connection.transact(() => {
    for (const { name, type } of missingColumns(connection))
      connection.execute(`ALTER TABLE request ADD COLUMN ${name} ${type}`)
  })
}

/** Without a wait for locks: the caller waits, and lets the process work. A small log keeps each checkpoint short. */
const pragmas = `
PRAGMA busy_timeout = 0;
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
PRAGMA wal_autocheckpoint = 250;
PRAGMA journal_size_limit = 4194304;
PRAGMA temp_store = MEMORY;
`
const confirmsNothing = 'PRAGMA synchronous = OFF'
const confirmsCheckpoints = 'PRAGMA synchronous = NORMAL'

/** Identifies a file while it exists. */
export const identityOf = (file: string): string | undefined => {
  const found = statSync(file, { throwIfNoEntry: false })
  return found && `${found.dev} ${found.ino}`
}

export interface DatabaseFile {
  readonly connection: Connection
  readonly identity: string | undefined
  /** Of the write-ahead log. */
  readonly logIdentity: string | undefined
}

const logOf = (file: string): string => `${file}-wal`

/** Throws UnusableFileError, SQLite's errors and the file system's. */
export const openDatabaseFile = (file: string, Sqlite: typeof Database): DatabaseFile => {
  createFile(file)
  const connection = createConnection(new Sqlite(file, { readwrite: true, create: false, strict: true }))
  try {
    // A new file has nothing to lose, and its disk may take 100 ms to confirm its first pages.
    connection.execute(checkVersion(connection) === 0 ? confirmsNothing : confirmsCheckpoints)
    connection.execute(pragmas)
    migrate(connection)
    addColumns(connection)
    connection.execute(confirmsCheckpoints)
    return { connection, identity: identityOf(file), logIdentity: identityOf(logOf(file)) }
  } catch (error) {
    connection.close()
    throw error
  }
}

/**
 * Removes the log of a file that a user has replaced, after its connection is closed: SQLite would add it to the new
 * file. Another process that has opened the new file has a log of its own.
 */
export const removeLog = (file: string, { logIdentity }: DatabaseFile): void => {
  if (logIdentity === undefined || logIdentity !== identityOf(logOf(file))) return
  for (const left of [logOf(file), `${file}-shm`]) rmSync(left, { force: true })
}

export const isDatabaseError = (error: unknown): boolean => errorCode(error)?.startsWith('SQLITE_') ?? false

export const isCorrupt = (error: unknown): boolean => /^SQLITE_(?:CORRUPT|NOTADB)/.test(errorCode(error) ?? '')

/** Another process has the lock. */
export const isBusy = (error: unknown): boolean => /^SQLITE_(?:BUSY|LOCKED)/.test(errorCode(error) ?? '')

/** Renames a file, and the files that SQLite has next to it. Returns the new name. */
export const setAside = (file: string, date: Date): string => {
  const stamp = date.toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const renamed = `${file}.corrupt-${stamp}`
  renameSync(file, renamed)
  for (const suffix of ['-wal', '-shm']) attempt(() => renameSync(`${file}${suffix}`, `${renamed}${suffix}`))
  return renamed
}
