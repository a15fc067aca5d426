import { UsageError } from '../../base/usage-error.ts'
import { type Machine, userConfigPath } from '../../config/paths.ts'
import type { SettingKey } from '../../config/settings/settings.ts'
import type { KeychainReference } from '../../config/sources.ts'
import { productName } from '../../version.ts'
import { posixQuote } from '../clients/shells.ts'
import type { Io } from '../terminal/io.ts'
import { KeychainError, requestKeychain } from './keychain-request.ts'

/** Secrets in the keychain that configuration files refer to. */

/**
 * The keychain entry of a file's secret. The default file has a short name, which is the same on every machine. Any
 * other file has its own entries, so that an experiment overwrites nothing.
 */
export const keychainEntryName = (key: SettingKey, path: string, machine: Machine): string =>
  path === userConfigPath({ ...machine, environment: {} }) ? key : `${key} of ${path}`

/** Quotes a path for a shell. No path on Windows contains a double quote. */
const quoted = (path: string, { platform }: Machine): string => {
  if (platform === 'win32') return /^[\w.:\\/~-]+$/.test(path) ? path : `"${path}"`
  return /^[\w.:/@%+=-]+$/.test(path) ? path : posixQuote(path)
}

/** `nexus-claude-api config set apiKey`, for this file. */
const setCommandLine = (key: SettingKey, path: string, machine: Machine): string =>
  `${productName} config set ${key}${path === userConfigPath(machine) ? '' : ` --config ${quoted(path, machine)}`}`

const explain = ({ key, entry, path }: KeychainReference, why: string, machine: Machine): string =>
  `${path} says that ${key} is in the keychain (entry '${entry}'), but ${why}. Unlock the keychain if it is locked, or set it again: ${setCommandLine(key, path, machine)}`

/** Rejects with UsageError if it cannot be read. */
export const readStoredSecret = async (reference: KeychainReference, io: Io): Promise<string> => {
  const fail = (why: string): never => {
    throw new UsageError(explain(reference, why, io.machine))
  }
  try {
    return (await requestKeychain(io, (keychain) => keychain.get(reference.entry))) ?? fail('it is not found there')
  } catch (error) {
    if (!(error instanceof KeychainError)) throw error
    return fail(error.message)
  }
}
