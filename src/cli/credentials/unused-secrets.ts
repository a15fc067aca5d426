import { isSecretKey } from '../../config/settings/setting-names.ts'
import type { SettingKey } from '../../config/settings/settings.ts'
import { productName } from '../../version.ts'
import type { CommandConfig } from '../config/config-input.ts'

/** Secrets that are set but not used: without a warning, users would not notice that requests have another key. */

export interface UnusedSecret {
  readonly key: SettingKey
  /** The source that is not used. */
  readonly source: string
  /** The source that wins. */
  readonly winner: string
}

/** Usually set for other programs. */
const foreign = 'AWS_BEARER_TOKEN_BEDROCK'

/** Without secrets that lose against a flag: the user has just typed it. */
export const unusedSecrets = ({ sources, unused }: Pick<CommandConfig, 'sources' | 'unused'>): UnusedSecret[] =>
  [...unused].flatMap(([key, losing]) => {
    const winner = sources.get(key) ?? ''
    if (!isSecretKey(key) || winner.startsWith('--')) return []
    return losing.filter((source) => source !== foreign).map((source) => ({ key, source, winner }))
  })

/** `apiKeyCommand (FILE)`: the name of the setting is in the source. */
const isHelper = (key: SettingKey, source: string): boolean => source.startsWith(`${key}Command`)

const isVariable = (source: string): boolean => /^[A-Z_]+$/.test(source)

/** For the user. */
export const unusedWords = ({ key, source, winner }: UnusedSecret): string => {
  const loser = isVariable(source) || isHelper(key, source) ? source : `${key} in ${source}`
  return `${loser} is set but not used: ${isVariable(winner) ? winner : `${key} from ${winner}`} wins.`
}

export const unusedRemedy = ({ key, winner }: UnusedSecret): string =>
  isVariable(winner) ? `To use it, unset ${winner}.` : `To use it: ${productName} config unset ${setKey(key, winner)}`

const setKey = (key: SettingKey, winner: string): string => (isHelper(key, winner) ? `${key}Command` : key)
