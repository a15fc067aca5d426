import { isObject } from '../../base/json.ts'
import { Secret } from '../../base/secret.ts'
import type { LoadedConfig } from '../../config/load.ts'
import { usedSearchUrl } from '../../config/search.ts'
import type { Setting } from '../../config/settings/setting.ts'
import type { KnownSetting } from '../../config/settings/setting-names.ts'
import { type SettingKey, settings } from '../../config/settings/settings.ts'
import { shownStateAddress } from '../../config/state-address.ts'
import type { SettingValue } from '../../config/values.ts'
import { helperName } from '../credentials/key-helper.ts'
import { simulatedNames } from '../simulator.ts'
import type { Io } from '../terminal/io.ts'
import { shownPaths } from '../terminal/short-path.ts'
import type { CommandConfig } from './config-input.ts'
import { settingText } from './setting-text.ts'

/** Prints the configuration for users; secrets are masked. */

const isOfKind = (key: SettingKey, kind: Setting['type']['kind']): boolean =>
  (settings as readonly KnownSetting[]).some((setting) => setting.key === key && setting.type.kind === kind)

/** The query of an address may have a key. */
const withoutQuery = (address: string): string => address.replace(/\?.*/s, '?…')

/** The value that is used without a setting, if it depends on another setting (WS-54). */
const usualValue = ({ config }: LoadedConfig, key: SettingKey): SettingValue | undefined =>
  key === 'search.url' ? usedSearchUrl(config) : undefined

/**
 * Masks a secret, and the query of an address; of a program only the name, because an argument may be a secret, and of an
 * object only the names of its members.
 */
export const plainValue = (loaded: LoadedConfig, key: SettingKey): SettingValue | undefined => {
  const value = loaded.values.get(key) ?? usualValue(loaded, key)
  if (value instanceof Secret) return key === 'state.url' ? shownStateAddress(value) : value.masked()
  if (value instanceof Map) return settingText(value)
  // A value in it may be a secret, which the start refuses only by its name.
  if (isOfKind(key, 'object') && isObject(value)) return Object.keys(value).join(', ')
  if (typeof value === 'string' && isOfKind(key, 'url')) return withoutQuery(value)
  if (!isOfKind(key, 'command') || !Array.isArray(value)) return value
  const count = value.length - 1
  return count === 0 ? helperName(value) : `${helperName(value)} (${count} ${count === 1 ? 'argument' : 'arguments'})`
}

export const shownValue = (loaded: LoadedConfig, key: SettingKey): string => {
  const { sources } = loaded
  const value = plainValue(loaded, key)
  // The keychain was not read, or gave no value.
  if (value === undefined) return sources.has(key) ? 'not read' : '-'
  return String(value) || 'empty'
}

/** Undefined for a setting without a value. */
export const sourceOfValue = (loaded: LoadedConfig, key: SettingKey): string | undefined =>
  loaded.sources.get(key) ?? (usualValue(loaded, key) === undefined ? undefined : 'default')

/** A source as users know it. */
export const shownSource = (source: string, { places }: Pick<CommandConfig, 'places'>): string =>
  places.variableOrigins.get(source) ?? source

const indent = '  '

/** Settings of another upstream have no effect. */
const isShown = ({ upstream }: Setting, { config }: LoadedConfig): boolean =>
  upstream === undefined || upstream === config.upstream

/** Settings of a group without a flag: options of the translation and of the upstream. */
const isRare = (key: SettingKey): boolean =>
  (settings as readonly KnownSetting[]).some((setting) => setting.key === key && setting.flag === undefined) &&
  key.includes('.')

/**
 * Every setting with its value and source. On a terminal, a long row has its source on a separate line; elsewhere each
 * row is one line, for grep.
 */
export const describeSettings = (loaded: CommandConfig, io: Io): string => {
  const { isTerminal, columns } = io
  const sourceOf = (key: SettingKey): string => {
    const losing = (loaded.unused.get(key) ?? []).map((source) => shownSource(source, loaded))
    const source = shownSource(sourceOfValue(loaded, key) ?? 'not set', loaded)
    return shownPaths(losing.length === 0 ? source : `${source} (not used: ${losing.join(', ')})`, io)
  }
  const rows = (settings as readonly KnownSetting[])
    .filter((setting) => isShown(setting, loaded))
    .map(({ key }) => [key, shownValue(loaded, key), sourceOf(key)] as const)
  const keyWidth = Math.max(...rows.map(([key]) => key.length))
  const start = ' '.repeat(indent.length + keyWidth + indent.length)
  const fits = (value: string, source: string): boolean =>
    !isTerminal || start.length + value.length + indent.length + source.length <= columns
  /** Below the values, or further left if the source is long. */
  const alone = (source: string): string =>
    ' '.repeat(Math.max(2 * indent.length, Math.min(start.length, columns - source.length))) + source
  const onOneLine = rows.filter(([, value, source]) => fits(value, source))
  const valueWidth = Math.max(...onOneLine.map(([, value]) => value.length))
  const lineOf = ([key, value, source]: (typeof rows)[number]): string => {
    const head = `${indent}${key.padEnd(keyWidth)}${indent}`
    const padded = value.padEnd(valueWidth)
    if (fits(padded, source)) return `${head}${padded}${indent}${source}\n`
    return fits(value, source) ? `${head}${value}${indent}${source}\n` : `${head}${value}\n${alone(source)}\n`
  }
  const [usual, rare] = [rows.filter(([key]) => !isRare(key)), rows.filter(([key]) => isRare(key))]
  return `${usual.map(lineOf).join('')}Rarely changed:\n${rare.map(lineOf).join('')}`
}

/** The configuration files; the first file that has a key wins. */
export const describeFiles = ({ places, found }: CommandConfig, io: Io): string => {
  const lines = places.files.map(
    ({ path }) =>
      `${indent}configuration file: ${shownPaths(path, io)}${found.includes(path) ? '' : ' (does not exist)'}\n`,
  )
  return `Read from:\n${lines.join('')}`
}

/** The output of `start --dry-run`. */
export const describeConfig = (loaded: CommandConfig, io: Io, isSimulated: boolean): string => {
  const upstream = isSimulated
    ? `${indent}upstream: an embedded simulation of ${simulatedNames[loaded.config.upstream]}\n`
    : ''
  return describeSettings(loaded, io) + describeFiles(loaded, io) + upstream
}
