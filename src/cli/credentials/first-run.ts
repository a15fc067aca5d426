import { Secret } from '../../base/secret.ts'
import { UsageError } from '../../base/usage-error.ts'
import { findSetting } from '../../config/settings/setting-names.ts'
import { InputText, toValue } from '../../config/values.ts'
import type { Connection } from '../../upstreams/definition.ts'
import { requireKey, type ServingCommand, type SetUp, waysToGiveAKey } from '../config/set-up.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'
import type { Choice, Prompts } from '../terminal/prompts.ts'
import { shortPaths } from '../terminal/short-path.ts'
import { KeychainError, notTaken, requestKeychain } from './keychain-request.ts'
import { PromptCancelled } from './prompt-cancelled.ts'
import { type SecretLocation, type Store, storeSecret } from './store-secret.ts'

/** The first start: no key is set, and a user is at the terminal. */

/** Reads an entry that never exists: only whether the keychain answers matters. */
const hasKeychain = async (io: Io): Promise<boolean> => {
  try {
    await requestKeychain(io, (keychain) => keychain.get('availability check'))
    return true
  } catch (error) {
    if (error instanceof KeychainError) return false
    throw error
  }
}

/** Undefined if the user types nothing. Rejects with PromptCancelled. */
const promptForKey = async (
  { title, keySetting }: Connection,
  prompts: Prompts,
  { err }: Io,
): Promise<Secret | undefined> => {
  while (true) {
    const typed = await prompts.secret(`Enter your ${title} key (hidden), or press Enter to exit`)
    if (typed === undefined) throw new PromptCancelled()
    if (typed.trim() === '') return undefined
    try {
      return new Secret(String(toValue(findSetting(keySetting), new InputText(typed), 'The key')))
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      printer({ err }).info(error.message)
    }
  }
}

/** Asks the user where to store the key, until it is stored or declined. Rejects with PromptCancelled. */
const offerToStore = async (secret: Secret, place: SecretLocation, prompts: Prompts, io: Io): Promise<void> => {
  const { path } = place
  const inFile = `in ${shortPaths(path, io.machine)}${io.machine.platform === 'win32' ? '' : ', readable only by you'}`
  const others: Choice<Store | 'nowhere'>[] = [
    { value: 'file', label: inFile },
    { value: 'nowhere', label: 'nowhere: use it this time only' },
  ]
  let options = others
  if (await hasKeychain(io)) {
    options = [{ value: 'keychain', label: "in the operating system's keychain" }, ...others]
  }
  while (true) {
    const store = await prompts.choose('Where should the key be stored?', options)
    if (store === undefined) throw new PromptCancelled()
    if (store === 'nowhere') return
    try {
      printer(io).info(await storeSecret(place, secret, store, io))
      return
    } catch (error) {
      if (error instanceof KeychainError) printer(io).info(notTaken(error))
      else if (error instanceof UsageError) printer(io).info(error.message)
      else throw error
      options = options.filter(({ value }) => value !== store)
    }
  }
}

/**
 * Resolves to the configured key; without one, prompts the user if there is a terminal. For every command that sends
 * requests to AI Nexus. Rejects with UsageError that explains how to set a key.
 */
export const obtainKey = async (setUp: SetUp, io: Io, command: ServingCommand): Promise<Secret | undefined> => {
  const { prompts } = io
  const { loaded, connection, isSimulated } = setUp
  const isNeeded = !isSimulated && !connection.isKeyOptional && connection.apiKey === undefined
  if (prompts === undefined || !isNeeded) return requireKey(setUp, io, command)
  printer(io).info(
    `No ${connection.title} key is set. Enter it now, or set it later in one of these ways:\n${waysToGiveAKey(connection, io.machine)}`,
  )
  const secret = await promptForKey(connection, prompts, io)
  if (secret === undefined) return requireKey(setUp, io, command)
  await offerToStore(secret, { key: connection.keySetting, path: loaded.places.target }, prompts, io)
  return secret
}
