import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, win32 } from 'node:path'
import { attempt } from '../../base/attempt.ts'
import { errorCode } from '../../base/error-code.ts'
import { replaceFile } from '../../base/files/replace-file.ts'
import { isObject, type Json } from '../../base/json.ts'
import { type Machine, setupJournals } from '../../config/paths.ts'
import { sha256Hex } from '../../runtime/hash.ts'
import { version } from '../../version.ts'
import type { FileChange } from './client-plan.ts'
import type { ChangedKeys } from './key-changes.ts'
import { SetupFailure } from './setup-failure.ts'

/** What setup changed for a client, and copies of the files before (SU-9). Only the owner can read them. */

const ownerAlone = 0o600
const ownersFolder = 0o700
/** Copies of one file. */
const mostCopies = 5
/** Characters. */
const idLength = 8

/** A copy of a text, which another program may have changed since. */
export interface Copy {
  readonly name: string
  readonly hash: string
}

export interface JournalFile extends ChangedKeys {
  readonly path: string
  readonly format: FileChange['format']
  /** Whether the file existed before the first setup. */
  readonly hadFile: boolean
  /** Mode before setup hid the file from other users; undefined if it did not. */
  readonly mode?: number
  /** Hash of the text that setup wrote. */
  readonly hash: string
  /**
   * Whether the file can be given back byte for byte: no other program has changed it between two setups. Then `copy`
   * is the copy of the text before the first one.
   */
  readonly isExact: boolean
  readonly copy?: Copy
  /** The outermost folder that setup made. */
  readonly folder?: string
}

export interface Journal {
  readonly client: string
  /** Of this program. */
  readonly version: string
  readonly time: string
  /** The server that the client was set up for. */
  readonly url: string
  /** The clients whose setup included this one. */
  readonly for: readonly string[]
  readonly files: readonly JournalFile[]
}

const journalFolder = (machine: Machine): string => setupJournals(machine)
export const journalPath = (machine: Machine, client: string): string => join(journalFolder(machine), `${client}.json`)
const copiesFolder = (machine: Machine, client: string): string => join(journalFolder(machine), `${client}.copies`)

const isText = (value: unknown): value is string => typeof value === 'string'

const isStep = (value: unknown): boolean =>
  isText(value) || (isObject(value) && (isText(value['equals']) || (isText(value['by']) && isText(value['is']))))

const isPath = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every(isStep)

const isKept = (value: unknown, ...members: readonly string[]): boolean =>
  value === null || (isObject(value) && members.some((member) => member in value))

const isKey = (value: unknown): boolean =>
  isObject(value) &&
  isPath(value['path']) &&
  isKept(value['before'], 'value') &&
  isKept(value['after'], 'value', 'hash')

const formats: readonly unknown[] = ['json', 'yaml', 'own'] satisfies FileChange['format'][]

/** A relative path would lead elsewhere in another folder. The rule of Windows also has paths of other systems. */
const isPlace = (value: unknown): boolean => isText(value) && win32.isAbsolute(value)

const isCopy = (value: unknown): boolean => isObject(value) && isText(value['name']) && isText(value['hash'])

const isFile = (value: unknown): boolean => {
  if (!isObject(value)) return false
  const { path, format, hadFile, isExact, hash, keys, made, mode, copy, folder } = value
  const isNamed = isPlace(path) && formats.includes(format) && isText(hash)
  const areFlags = typeof hadFile === 'boolean' && typeof isExact === 'boolean'
  const areOptions =
    (mode === undefined || typeof mode === 'number') &&
    (copy === undefined || isCopy(copy)) &&
    (folder === undefined || isPlace(folder))
  const areKeys = Array.isArray(keys) && keys.every(isKey) && Array.isArray(made) && made.every(isPath)
  return isNamed && areFlags && areOptions && areKeys
}

const isJournal = ({ client, url, files, for: reasons }: Json, name: string): boolean =>
  client === name &&
  isText(url) &&
  URL.canParse(url) &&
  Array.isArray(reasons) &&
  reasons.every(isText) &&
  Array.isArray(files) &&
  files.every(isFile)

const damaged = (machine: Machine, client: string): SetupFailure => {
  const folder = copiesFolder(machine, client)
  const copies = (attempt(() => readdirSync(folder)) ?? []).sort().map((name) => join(folder, name))
  const where =
    copies.length === 0
      ? `There is no copy of a file in ${folder}.`
      : `Copies of the files before:\n  ${copies.join('\n  ')}`
  return new SetupFailure(
    `The journal ${journalPath(machine, client)} is damaged, so setup does not know what it changed. Correct the files yourself, then remove the journal.\n${where}`,
  )
}

/** Undefined if the client is not set up. Throws SetupFailure for a damaged journal. */
export const readJournal = (machine: Machine, client: string): Journal | undefined => {
  try {
    const value: unknown = JSON.parse(readFileSync(journalPath(machine, client), 'utf8'))
    if (isObject(value) && isJournal(value, client)) return value as unknown as Journal
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return undefined
  }
  throw damaged(machine, client)
}

/** Rejects with what the file system throws. */
export const writeJournal = async (
  machine: Machine,
  { client, url, files, for: reasons }: Omit<Journal, 'version' | 'time'>,
): Promise<void> => {
  const journal: Journal = { client, version, time: new Date().toISOString(), url, for: reasons, files }
  mkdirSync(journalFolder(machine), { recursive: true, mode: ownersFolder })
  const text = `${JSON.stringify(journal, undefined, 2)}\n`
  await replaceFile(journalPath(machine, client), text, { modeFor: () => ownerAlone })
}

/** Without a journal, its copies are not needed. */
export const removeJournal = (machine: Machine, client: string): void => {
  rmSync(journalPath(machine, client), { force: true })
  rmSync(copiesFolder(machine, client), { recursive: true, force: true })
}

/** Copies a text. Throws what the file system throws. */
export const addCopy = (machine: Machine, client: string, path: string, text: string): Copy => {
  const folder = copiesFolder(machine, client)
  mkdirSync(folder, { recursive: true, mode: ownersFolder })
  const time = new Date().toISOString().replaceAll(':', '-')
  const id = crypto.randomUUID().slice(0, idLength)
  // Files of one name, in several folders, are different files.
  const name = `${time}.${id}.${sha256Hex(path).slice(0, idLength)}.${basename(path)}`
  writeFileSync(join(folder, name), text, { flag: 'wx', mode: ownerAlone })
  return { name, hash: sha256Hex(text) }
}

/** The time, which has a dot, and an id. */
const partsBefore = 3

/** `3f0a12cd.settings.json`, which is the same for all copies of a file. */
const fileOf = (copy: string): string => copy.split('.').slice(partsBefore).join('.')

/** Keeps the newest copies of each file, and those that an undo needs. */
export const dropOldCopies = (machine: Machine, client: string, needed: readonly string[]): void => {
  const folder = copiesFolder(machine, client)
  const byFile = Map.groupBy((attempt(() => readdirSync(folder)) ?? []).sort(), fileOf)
  for (const names of byFile.values())
    for (const name of names.slice(0, -mostCopies))
      if (!needed.includes(name)) rmSync(join(folder, name), { force: true })
}

/** Undefined if the copy is gone, or changed. */
export const readCopy = (machine: Machine, client: string, { name, hash }: Copy): string | undefined => {
  const text = attempt(() => readFileSync(join(copiesFolder(machine, client), basename(name)), 'utf8'))
  return text !== undefined && sha256Hex(text) === hash ? text : undefined
}
