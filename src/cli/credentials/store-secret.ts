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

/** Stores a secret in exactly one location, on the user's request: the keychain, or a configuration file. */

export const stores = ['keychain', 'file'] as const
export type Store = (typeof stores)[number]

/** A secret that belongs to one configuration file. */
export interface SecretLocation {
  readonly key: SettingKey
  readonly path: string
}

/** The value in the file: the secret itself, or the name of its keychain entry. */
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
  /** Whether it can be removed later; until then, only the file's reference to it shows that it exists. */
  readonly canGo: boolean
}

/** An entry that is deleted at once. No secret has this name. */
const probe = 'is it unlocked'

/** Rejects with KeychainError if the entry may still exist. */
const removeEntry = (entry: string, io: Io): Promise<void> =>
  requestKeychain(io, async (keychain) => {
    if (await keychain.delete(entry)) return
    // A locked keychain may report every entry as missing. One that stores an entry is unlocked.
    await keychain.set(probe, probe)
    await keychain.delete(probe)
    await keychain.delete(entry)
  })

/** Removes this file's entry from the keychain. An entry with another name may belong to another file, too. */
export const forgetEntry = async (location: SecretLocation, value: unknown, io: Io): Promise<LeftEntry | undefined> => {
  const entry = keychainEntry(location.key, value)
  if (entry === undefined) return undefined
  if (entry !== entryOf(location, io)) return { entry, why: 'it was made for another file', canGo: false }
  try {
    await removeEntry(entry, io)
    return undefined
  } catch (error) {
    if (!(error instanceof KeychainError)) throw error
    return { entry, why: error.message, canGo: error.isThere }
  }
}

/** For the user. */
export const leftWarning = ({ entry, why }: LeftEntry): string =>
  `warning: The entry '${entry}' of ${productName} may still be in the keychain: ${why}. Remove it there if nothing else needs it.\n`

/** Rejects with KeychainError or UsageError, and then changes nothing. */
const toKeychain = async (location: SecretLocation, secret: Secret, io: Io): Promise<string> => {
  const entry = entryOf(location, io)
  await requestKeychain(io, (keychain) => keychain.set(entry, secret.reveal()))
  const back = await requestKeychain(io, (keychain) => keychain.get(entry))
  if (back === undefined || !secret.equals(back)) throw new KeychainError('it did not store the secret', true)
  try {
    await changeConfigFile(location.path, location.key, { keychain: entry })
  } catch (error) {
    await forgetEntry(location, { keychain: entry }, io)
    throw error
  }
  return `${location.key} is stored in the keychain (entry '${entry}' of ${productName}).\n${shownPaths(location.path, io)} refers to it, and does not contain it.\n`
}

/** Rejects with UsageError. */
const toFile = async (location: SecretLocation, secret: Secret, io: Io): Promise<string> => {
  const before = storedIn(location)
  await changeConfigFile(location.path, location.key, secret.reveal())
  const left = await forgetEntry(location, before?.value, io)
  // Windows has no such modes: there, other users cannot read a user's folder.
  const readers = io.machine.platform === 'win32' ? '' : ', which only you can read (mode 0600)'
  return `${location.key} is stored in ${shownPaths(location.path, io)}${readers}.\n${left === undefined ? '' : leftWarning(left)}`
}

/**
 * Stores the secret in `store`; without it in the keychain, or in the file if there is no keychain. Resolves to a
 * message for the user. Rejects with KeychainError if the user has to choose a file, or with UsageError.
 */
export const storeSecret = async (
  location: SecretLocation,
  secret: Secret,
  store: Store | undefined,
  io: Io,
): Promise<string> => {
  if (store === 'file') return toFile(location, secret, io)
  try {
    return await toKeychain(location, secret, io)
  } catch (error) {
    if (!(error instanceof KeychainError)) throw error
    if (store === 'keychain' || error.isThere) throw error
    return `No keychain is available: ${error.message}.\n${await toFile(location, secret, io)}`
  }
}
