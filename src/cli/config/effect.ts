import { UsageError } from '../../base/usage-error.ts'
import type { KnownSetting } from '../../config/settings/setting-names.ts'
import { unusedSecrets, unusedWords } from '../credentials/unused-secrets.ts'
import type { Flags } from '../parse/parsed-arguments.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'
import { type CommandConfig, readConfig } from './config-input.ts'

/** What became of a setting after its file was changed. */
export interface Effect {
  /** The configuration as it is now; undefined where something else in it is wrong, which was told. */
  readonly loaded: CommandConfig | undefined
  /** The variable that counts instead of the file. */
  readonly overridden: string | undefined
  /** Secrets that are set and count for nothing, for people. */
  readonly unused: readonly string[]
}

/** Asks no keychain. */
export const effectOf = async ({ key, environment }: KnownSetting, flags: Flags, io: Io): Promise<Effect> => {
  try {
    const loaded = await readConfig(flags, io, { secrets: [] })
    const source = loaded.sources.get(key)
    const unused = unusedSecrets(loaded).filter((secret) => secret.key === key)
    return { loaded, overridden: environment.find((variable) => variable === source), unused: unused.map(unusedWords) }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    printer(io).warn(error.message)
    return { loaded: undefined, overridden: undefined, unused: [] }
  }
}
