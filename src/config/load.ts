import { Secret } from '../base/secret.ts'
import type { ConfigOf } from './config-of.ts'
import { keychainEntry } from './keychain-reference.ts'
import { isSecretKey, type KnownSetting } from './settings/setting-names.ts'
import { type SettingKey, settings } from './settings/settings.ts'
import { type ConfigInputs, finder, SecretCommand, SecretFile, type SettingInput } from './sources.ts'
import { InputText, type SettingValue, toValue } from './values.ts'

/** See docs/configuration.md for each member. Numbers have the unit that their setting names. */
export type Config = ConfigOf<(typeof settings)[number]>

export interface LoadedConfig {
  readonly config: Config
  /** The same by key, for people; a secret only as what it is. */
  readonly values: ReadonlyMap<SettingKey, SettingValue | Secret>
  /**
   * Where each value comes from, for people: `--port`, `NEXUS_PORT`, a file's path, `the keychain (that
   * path)`, `apiKeyCommand (that path)`, `default`. A place without a value was not asked, or did not answer.
   */
  readonly sources: ReadonlyMap<SettingKey, string>
  /** Sources that are set as well and lose, strongest first; not those that say the same. */
  readonly unused: ReadonlyMap<SettingKey, readonly string[]>
  readonly warnings: readonly string[]
}

/** What `find` found, as it is to be read. */
const readInput = (
  setting: KnownSetting,
  found: SettingInput,
  inputs: ConfigInputs,
): [place: string, value?: SettingValue] => {
  const { key } = setting
  const { value, source, where } = found
  const text = inputs.fetched?.get(key)
  const entry = keychainEntry(key, value)
  const isPointer = value instanceof SecretFile || value instanceof SecretCommand
  if (entry === undefined && !isPointer) return [source, toValue(setting, value, where)]
  const place = entry === undefined ? source : `the keychain (${source})`
  if (text === undefined) return [place]
  if (value instanceof SecretFile) return [place, toValue(setting, new InputText(text), `The file of ${where}`)]
  if (value instanceof SecretCommand) return [place, toValue(setting, new InputText(text), `What ${where} prints`)]
  return [place, toValue(setting, text, `${key} in ${place}`)]
}

/** A plain value as it was given; undefined for what only points at one. */
const plainText = ({ value }: SettingInput): string | undefined => {
  if (value instanceof InputText) return value.text.trim()
  return typeof value === 'object' ? undefined : String(value).trim()
}

const isSameValue = (found: SettingInput, value: SettingValue | Secret | undefined): boolean => {
  const text = plainText(found)
  if (text === undefined || value === undefined) return false
  return value instanceof Secret ? value.equals(text) : String(value) === text
}

/** Throws UsageError. */
export const loadConfig = (inputs: ConfigInputs): LoadedConfig => {
  const { findAll, parsed } = finder(inputs)
  const values = new Map<SettingKey, SettingValue | Secret>()
  const sources = new Map<SettingKey, string>()
  const unused = new Map<SettingKey, readonly string[]>()
  for (const setting of settings as readonly KnownSetting[]) {
    const { key } = setting
    const [found, ...others] = findAll(setting)
    const fallback: [string, SettingValue?] = setting.default === undefined ? [''] : ['default', setting.default]
    const [place, value] = found === undefined ? fallback : readInput(setting, found, inputs)
    if (place !== '') sources.set(key, place)
    if (value !== undefined && !isSecretKey(key)) values.set(key, value)
    else if (typeof value === 'string' && value !== '') values.set(key, new Secret(value))
    const losing = others.filter((other) => !isSameValue(other, values.get(key)))
    if (losing.length > 0)
      unused.set(
        key,
        losing.map(({ source }) => source),
      )
  }
  return { config: toConfig(values), values, sources, unused, warnings: parsed.flatMap(({ warnings }) => warnings) }
}

/** Each value under its key. The cast is the one place that relies on `toValue` to give what `ConfigOf` says. */
const toConfig = (values: LoadedConfig['values']): Config => {
  const config: Record<string, unknown> = {}
  for (const { key, type } of settings) {
    const value = values.get(key) ?? (type.kind === 'list' ? [] : undefined)
    const [name = '', member] = key.split('.')
    config[name] = member === undefined ? value : { ...(config[name] as object), [member]: value }
  }
  return config as Config
}
