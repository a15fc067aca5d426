import { UsageError } from '../../base/usage-error.ts'
import { variablesOf } from '../../config/settings/setting.ts'
import type { KnownSetting } from '../../config/settings/setting-names.ts'
import { unusedSecrets, unusedWords } from '../credentials/unused-secrets.ts'
import type { Flags } from '../parse/parsed-arguments.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'
import { type CommandConfig, readConfig } from './config-input.ts'

/** The effect of a change of a configuration file on a setting. */
export interface Effect {
  /** The new configuration; undefined if it has another error, which was reported. */
  readonly loaded: CommandConfig | undefined
  /** The variable that takes precedence over the file. */
  readonly overridden: string | undefined
  /** Messages about secrets that are set but not used. */
  readonly unused: readonly string[]
}

/** Does not read the keychain. */
export const effectOf = async (setting: KnownSetting, flags: Flags, io: Io): Promise<Effect> => {
  const { key } = setting
  try {
    const loaded = await readConfig(flags, io, { secrets: [] })
    const source = loaded.sources.get(key)
    const unused = unusedSecrets(loaded).filter((secret) => secret.key === key)
    return {
      loaded,
      overridden: variablesOf(setting).find((variable) => variable === source),
      unused: unused.map(unusedWords),
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    printer(io).warn(error.message)
    return { loaded: undefined, overridden: undefined, unused: [] }
  }
}
