import { existsSync, mkdirSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, sep } from 'node:path'
import { attempt } from '../../base/attempt.ts'
import { errorCode } from '../../base/error-code.ts'
import { exclusively, LockedError } from '../../base/files/file-lock.ts'
import { replaceFile } from '../../base/files/replace-file.ts'
import type { Machine } from '../../config/paths.ts'
import {
  addCopy,
  type Copy,
  dropOldCopies,
  type JournalFile,
  journalPath,
  readJournal,
  removeJournal,
  writeJournal,
} from './journal.ts'
import { hasChanged, type Prepared, type PreparedFile } from './prepare.ts'
import { SetupFailure } from './setup-failure.ts'
import { readTargetFile } from './target-file.ts'

/** Writes what was prepared: all files of all clients, or none. */

const ownerAlone = 0o600
const ownersFolder = 0o700
const permissions = 0o777
/** A setup writes a few small files. */
const usualLockMs = 5000

interface WriteOptions {
  readonly machine: Machine
  readonly userId?: number | undefined
  readonly lockMs?: number | undefined
}

/** The changes of one client. */
export interface ClientChanges {
  readonly prepared: Prepared
  /** The clients whose setup includes this one; none of them: the client is not set up any more. */
  readonly reasons: readonly string[]
}

/** `changed`: a file, or the journal, is not as it was read. */
export type Outcome = 'written' | 'changed'

const isAsRead = ({ before }: PreparedFile, { machine, userId }: WriteOptions): boolean => {
  const now = attempt(() => readTargetFile(before.path, { home: machine.home, isYes: true, userId }))
  return now?.text === before.text && now?.target === before.target
}

const hasSameJournal = ({ client, earlier }: Prepared, { machine }: WriteOptions): boolean =>
  JSON.stringify(readJournal(machine, client)) === JSON.stringify(earlier)

/** Steps back, in reverse order, after an error. */
type Rollback = (() => void | Promise<void>)[]

const rollBack = async (steps: Rollback): Promise<void> => {
  for (const step of steps.toReversed())
    try {
      await step()
    } catch {
      // The other steps must run, too; the copies remain.
    }
}

/** Removes empty folders, up to the outermost one that setup made. */
const removeFolders = (folder: string, outermost: string): void => {
  if (folder !== outermost && !folder.startsWith(outermost + sep)) return
  attempt(() => rmdirSync(folder))
  if (!existsSync(folder)) removeFolders(dirname(folder), outermost)
}

/** Returns the outermost folder that it made. */
const makeFolder = (folder: string, rollback: Rollback): string | undefined => {
  const made = existsSync(folder) ? undefined : mkdirSync(folder, { recursive: true, mode: ownersFolder })
  if (made !== undefined) rollback.push(() => removeFolders(folder, made))
  return made
}

const writeText = (target: string, text: string, mode: number | undefined): Promise<void> =>
  replaceFile(target, text, {
    modeFor: (before) => mode ?? (before === undefined ? ownerAlone : before.mode & permissions),
  })

/** Writes or removes one file, and says how to take that back. */
const writeOne = async (file: PreparedFile, rollback: Rollback): Promise<void> => {
  const { before, text, mode } = file
  const { target } = before
  if (text === undefined) rmSync(target, { force: true })
  else await writeText(target, text, mode)
  rollback.push(() =>
    before.text === undefined
      ? rmSync(target, { force: true })
      : writeText(target, before.text, before.mode && before.mode & permissions),
  )
}

/** The journal's entry, with the copy and the folder of this write. */
const entryOf = (
  { before, journal }: PreparedFile,
  made: string | undefined,
  copy: Copy | undefined,
): JournalFile | undefined => {
  if (journal === undefined) return undefined
  const isFirstCopy = journal.isExact && journal.hadFile && journal.copy === undefined && copy !== undefined
  return {
    ...journal,
    ...(isFirstCopy && before.text !== undefined && { copy }),
    ...(made !== undefined && { folder: made }),
  }
}

/** Resolves to the last step: what a rollback needs goes only after the files of all clients are written. */
const writeAll = async (
  { prepared, reasons }: ClientChanges,
  { machine }: WriteOptions,
  rollback: Rollback,
): Promise<() => void> => {
  const { client, earlier, files } = prepared
  // Without files, only the reasons change.
  const entries: JournalFile[] = files.length === 0 ? [...(earlier?.files ?? [])] : []
  rollback.push(() => (earlier === undefined ? removeJournal(machine, client) : writeJournal(machine, earlier)))
  for (const file of files) {
    const isWritten = hasChanged(file)
    const { target, text } = file.before
    const made = isWritten && file.text !== undefined ? makeFolder(dirname(target), rollback) : undefined
    const copy =
      isWritten && text !== undefined && reasons.length > 0 ? addCopy(machine, client, target, text) : undefined
    const entry = entryOf(file, made, copy)
    if (entry !== undefined) entries.push(entry)
  }
  const needed = entries.flatMap(({ copy }) => copy?.name ?? [])
  const isOver = entries.length === 0 || reasons.length === 0
  // Before the files: after a crash, an undo knows which of our values may be in them.
  if (!isOver) await writeJournal(machine, { client, url: prepared.url, for: reasons, files: entries })
  for (const file of files) if (hasChanged(file)) await writeOne(file, rollback)
  return () => {
    if (isOver) removeJournal(machine, client)
    else dropOldCopies(machine, client, needed)
    removeMadeFolders(prepared)
  }
}

/** Folders of ours go with the file in them. The first file made the outermost folder, so it is the last one here. */
const removeMadeFolders = ({ files, earlier }: Prepared): void => {
  for (const { before, text } of files.toReversed()) {
    const folder = earlier?.files.find(({ path }) => path === before.path)?.folder
    if (text === undefined && folder !== undefined) removeFolders(dirname(before.target), folder)
  }
}

const unwritable = (error: unknown): SetupFailure =>
  new SetupFailure(
    `Writing failed (${errorCode(error) ?? 'unknown'}). Nothing was changed. Check the free space and your permissions.`,
  )

const writeOrRollBack = async (changes: readonly ClientChanges[], options: WriteOptions): Promise<void> => {
  const rollback: Rollback = []
  try {
    const lastSteps: (() => void)[] = []
    for (const change of changes) lastSteps.push(await writeAll(change, options, rollback))
    for (const step of lastSteps) step()
  } catch (error) {
    await rollBack(rollback)
    throw unwritable(error)
  }
}

/** Rejects with SetupFailure. */
const locked = async <T>(client: string, options: WriteOptions, work: () => Promise<T>): Promise<T> => {
  const { machine, lockMs = usualLockMs } = options
  const path = journalPath(machine, client)
  try {
    mkdirSync(dirname(path), { recursive: true, mode: ownersFolder })
    return await exclusively(path, work, { timeoutMs: lockMs })
  } catch (error) {
    if (error instanceof SetupFailure) throw error
    if (!(error instanceof LockedError)) throw unwritable(error)
    throw new SetupFailure(
      `Another setup of ${client} is running. Try again. If none is running, remove ${error.lock} first.`,
    )
  }
}

/** Only one process at a time changes a client. Rejects with SetupFailure; then nothing was changed. */
export const writeChanges = (changes: readonly ClientChanges[], options: WriteOptions): Promise<Outcome> => {
  const write = async (): Promise<Outcome> => {
    const isCurrent = changes.every(
      ({ prepared }) => hasSameJournal(prepared, options) && prepared.files.every((file) => isAsRead(file, options)),
    )
    if (!isCurrent) return 'changed'
    await writeOrRollBack(changes, options)
    return 'written'
  }
  // A client that others include is always locked first, so that no two processes wait for each other.
  const steps = changes.reduceRight<() => Promise<Outcome>>(
    (inner, { prepared }) =>
      () =>
        locked(prepared.client, options, inner),
    write,
  )
  return steps()
}
