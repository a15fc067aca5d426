import type { Secret } from '../../base/secret.ts'
import { valueInFile } from '../../config/edit.ts'
import { keychainEntry } from '../../config/keychain-reference.ts'
import type { SettingKey } from '../../config/settings/settings.ts'
import { productName } from '../../version.ts'
import { changeConfigFile, readConfigFile } from '../config/config-file.ts'
import type { Io } from '../terminal/io.ts'
import { shownPaths } from '../terminal/short-path.ts'
import { KeychainError, requestKeychain } from './keychain-request.ts'
import { keychainEntryName } from './stored-secrets.ts'

/** Keeps a secret in exactly one place, because somebody asked for it: the keychain, or a configuration file. */

export const stores = ['keychain', 'file'] as const
export type Store = (typeof stores)[number]

/** A secret of one file. */
export interface SecretLocation {
  readonly key: SettingKey
  readonly path: string
}

/** As the file has it: the secret itself, or the name of its entry. */
export const storedIn = ({ key, path }: SecretLocation): { store: Store; value: unknown } | undefined => {
  const value = valueInFile(readConfigFile(path), key)
  if (value === undefined) return undefined
  return { store: keychainEntry(key, value) === undefined ? 'file' : 'keychain', value }
}

const entryOf = ({ key, path }: SecretLocation, { machine }: Io): string => keychainEntryName(key, path, machine)

/** An entry that may still be in the keychain. */
export interface LeftEntry {
  readonly entry: string
  readonly why: string
  /** Whether it can be removed later; nobody would know of it if the file did not name it until then. */
  readonly canGo: boolean
}

/** Given away at once. No secret has this name. */
const probe = 'is it unlocked'

/** Rejects with KeychainError where the entry may still be there. */
const removeEntry = (entry: string, io: Io): Promise<void> =>
  requestKeychain(io, async (keychain) => {
    if (await keychain.delete(entry)) return
    // A locked one may say of everything that it is not there. One that takes something is not locked, or no longer.
    await keychain.set(probe, probe)
    await keychain.delete(probe)
    await keychain.delete(entry)
  })

/** Removes what the keychain keeps for this file. An entry of another name is another file's, too, perhaps. */
export const forgetEntry = async (place: SecretLocation, value: unknown, io: Io): Promise<LeftEntry | undefined> => {
  const entry = keychainEntry(place.key, value)
  if (entry === undefined) return undefined
  if (entry !== entryOf(place, io)) return { entry, why: 'it was made for another file', canGo: false }
  try {
    await removeEntry(entry, io)
    return undefined
  } catch (error) {
    if (!(error instanceof KeychainError)) throw error
    return { entry, why: error.message, canGo: error.isThere }
  }
}

/** For people. */
export const leftWarning = ({ entry, why }: LeftEntry): string =>
  `warning: The entry '${entry}' of ${productName} may still be in the keychain: ${why}. Remove it there if nothing else needs it.\n`

/** Rejects with KeychainError or UsageError; then everything is as it was. */
const toKeychain = async (place: SecretLocation, secret: Secret, io: Io): Promise<string> => {
  const entry = entryOf(place, io)
  await requestKeychain(io, (keychain) => keychain.set(entry, secret.reveal()))
  const back = await requestKeychain(io, (keychain) => keychain.get(entry))
  if (back === undefined || !secret.equals(back)) throw new KeychainError('it did not keep what it was given', true)
  try {
    await changeConfigFile(place.path, place.key, { keychain: entry })
  } catch (error) {
    await forgetEntry(place, { keychain: entry }, io)
    throw error
  }
  return `${place.key} is kept in the keychain (entry '${entry}' of ${productName}).\n${shownPaths(place.path, io)} says so, and does not hold it.\n`
}

/** Rejects with UsageError. */
const toFile = async (place: SecretLocation, secret: Secret, io: Io): Promise<string> => {
  const before = storedIn(place)
  await changeConfigFile(place.path, place.key, secret.reveal())
  const left = await forgetEntry(place, before?.value, io)
  // Windows has no such modes: there a user's own folder is closed to others.
  const readers = io.machine.platform === 'win32' ? '' : ', which you alone can read (mode 0600)'
  return `${place.key} is kept in ${shownPaths(place.path, io)}${readers}.\n${left === undefined ? '' : leftWarning(left)}`
}

/**
 * Keeps it where `store` says, otherwise in the keychain, or in the file where there is no keychain. Resolves
 * to what to tell. Rejects with KeychainError, where a file is for whoever asked to choose, or with UsageError.
 */
export const storeSecret = async (
  place: SecretLocation,
  secret: Secret,
  store: Store | undefined,
  io: Io,
): Promise<string> => {
  if (store === 'file') return toFile(place, secret, io)
  try {
    return await toKeychain(place, secret, io)
  } catch (error) {
    if (!(error instanceof KeychainError)) throw error
    if (store === 'keychain' || error.isThere) throw error
    return `There is no keychain to use here: ${error.message}.\n${await toFile(place, secret, io)}`
  }
}
