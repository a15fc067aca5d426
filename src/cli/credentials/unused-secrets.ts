import { isSecretKey } from '../../config/settings/setting-names.ts'
import type { SettingKey } from '../../config/settings/settings.ts'
import { productName } from '../../version.ts'
import type { CommandConfig } from '../config/config-input.ts'

/** Secrets that are set and lose against another source, which nobody would notice: requests go out with another key. */

export interface UnusedSecret {
  readonly key: SettingKey
  /** Of the one that loses. */
  readonly source: string
  /** Of the one that wins. */
  readonly winner: string
}

/** It is there for other programs, and is usually set for them. */
const foreign = 'AWS_BEARER_TOKEN_BEDROCK'

/** Not where a flag wins: it was typed a moment ago. */
export const unusedSecrets = ({ sources, unused }: Pick<CommandConfig, 'sources' | 'unused'>): UnusedSecret[] =>
  [...unused].flatMap(([key, losing]) => {
    const winner = sources.get(key) ?? ''
    if (!isSecretKey(key) || winner.startsWith('--')) return []
    return losing.filter((source) => source !== foreign).map((source) => ({ key, source, winner }))
  })

/** `apiKeyCommand (FILE)`: the name of the setting is in the source. */
const isHelper = (key: SettingKey, source: string): boolean => source.startsWith(`${key}Command`)

const isVariable = (source: string): boolean => /^[A-Z_]+$/.test(source)

/** For people. */
export const unusedWords = ({ key, source, winner }: UnusedSecret): string => {
  const loser = isVariable(source) || isHelper(key, source) ? source : `${key} in ${source}`
  return `${loser} is set and not used: ${isVariable(winner) ? winner : `${key} from ${winner}`} goes first.`
}

export const unusedRemedy = ({ key, winner }: UnusedSecret): string =>
  isVariable(winner) ? `To use it, unset ${winner}.` : `To use it: ${productName} config unset ${setKey(key, winner)}`

const setKey = (key: SettingKey, winner: string): string => (isHelper(key, winner) ? `${key}Command` : key)
