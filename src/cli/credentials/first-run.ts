import { Secret } from '../../base/secret.ts'
import { UsageError } from '../../base/usage-error.ts'
import { findSetting } from '../../config/settings/setting-names.ts'
import { InputText, toValue } from '../../config/values.ts'
import { requireKey, type ServingCommand, type SetUp, waysToGiveAKey } from '../config/set-up.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'
import type { Choice, Prompts } from '../terminal/prompts.ts'
import { shortPaths } from '../terminal/short-path.ts'
import { KeychainError, notTaken, requestKeychain } from './keychain-request.ts'
import { PromptCancelled } from './prompt-cancelled.ts'
import { type Store, storeSecret } from './store-secret.ts'

/** The first start: there is no key yet, and somebody sits at the terminal. */

const key = 'apiKey'

/** A name that nobody gives: what is to be seen is whether anybody answers. */
const hasKeychain = async (io: Io): Promise<boolean> => {
  try {
    await requestKeychain(io, (keychain) => keychain.get('is anybody there'))
    return true
  } catch (error) {
    if (error instanceof KeychainError) return false
    throw error
  }
}

/** Undefined where nothing was typed. Rejects with PromptCancelled. */
const promptForKey = async (prompts: Prompts, { err }: Io): Promise<Secret | undefined> => {
  while (true) {
    const typed = await prompts.secret('Enter your AI Nexus key (hidden), or press Enter to leave')
    if (typed === undefined) throw new PromptCancelled()
    if (typed.trim() === '') return undefined
    try {
      return new Secret(String(toValue(findSetting(key), new InputText(typed), 'The key')))
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      printer({ err }).info(error.message)
    }
  }
}

/** Asks where to keep it, until it is kept or is not to be. Rejects with PromptCancelled. */
const offerToStore = async (secret: Secret, path: string, prompts: Prompts, io: Io): Promise<void> => {
  const inFile = `in ${shortPaths(path, io.machine)}${io.machine.platform === 'win32' ? '' : ', for you alone'}`
  const others: Choice<Store | 'nowhere'>[] = [
    { value: 'file', label: inFile },
    { value: 'nowhere', label: 'nowhere: use it this time only' },
  ]
  let options = others
  if (await hasKeychain(io)) {
    options = [{ value: 'keychain', label: "in the operating system's keychain" }, ...others]
  }
  while (true) {
    const store = await prompts.choose('Where should it be kept?', options)
    if (store === undefined) throw new PromptCancelled()
    if (store === 'nowhere') return
    try {
      printer(io).info(await storeSecret({ key, path }, secret, store, io))
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
 * The key that was given; where there is none and somebody can answer, the one that they give now. For every
 * command that sends something to AI Nexus. Rejects with UsageError that explains the ways to give one.
 */
export const obtainKey = async (setUp: SetUp, io: Io, command: ServingCommand): Promise<Secret> => {
  const { prompts } = io
  const { loaded, isSimulated } = setUp
  if (prompts === undefined || isSimulated || loaded.config.apiKey !== undefined) return requireKey(setUp, io, command)
  printer(io).info(
    `There is no AI Nexus key yet. Give it now, or later in one of these ways:\n${waysToGiveAKey(io.machine)}`,
  )
  const secret = await promptForKey(prompts, io)
  if (secret === undefined) return requireKey(setUp, io, command)
  await offerToStore(secret, loaded.places.target, prompts, io)
  return secret
}
