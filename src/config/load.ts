import { Secret } from '../base/secret.ts'
import type { ConfigOf } from './config-of.ts'
import { keychainEntry } from './keychain-reference.ts'
import type { SettingType } from './settings/setting.ts'
import { isSecretKey, type KnownSetting } from './settings/setting-names.ts'
import { type SettingKey, settings } from './settings/settings.ts'
import { type ConfigInputs, finder, SecretCommand, SecretFile, type SettingInput } from './sources.ts'
import { InputText, type SettingValue, toValue } from './values.ts'

/** docs/configuration.md describes each member. Numbers have the unit that their setting names. */
export type Config = ConfigOf<(typeof settings)[number]>

export interface LoadedConfig {
  readonly config: Config
  /** The same values by key, for messages; a secret stays a `Secret`. */
  readonly values: ReadonlyMap<SettingKey, SettingValue | Secret>
  /**
   * The source of each value, for messages: `--port`, `NEXUS_PORT`, a file's path, `the keychain (FILE)`,
   * `apiKeyCommand (FILE)`, `default`. A source without a value was not read, or gave no value.
   */
  readonly sources: ReadonlyMap<SettingKey, string>
  /** Sources that are set but not used, strongest first; without those that have the same value. */
  readonly unused: ReadonlyMap<SettingKey, readonly string[]>
  readonly warnings: readonly string[]
}

/** The source of a setting and its value; no value for a secret that was not fetched. */
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
  if (value instanceof SecretFile) return [place, toValue(setting, new InputText(text), `The file in ${where}`)]
  if (value instanceof SecretCommand) return [place, toValue(setting, new InputText(text), `The output of ${where}`)]
  return [place, toValue(setting, text, `${key} in ${place}`)]
}

/** A plain value as text; undefined for a reference to a value. */
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

/** The value of a setting that is not set, if it is not undefined. */
const absent: Partial<Record<SettingType['kind'], unknown>> = {
  list: [],
  map: new Map(),
  headers: new Map(),
  prices: new Map(),
}

/** Puts each value under its key. Only this cast relies on `toValue` to return the types of `ConfigOf`. */
const toConfig = (values: LoadedConfig['values']): Config => {
  const config: Record<string, unknown> = {}
  for (const { key, type } of settings) {
    const names = key.split('.')
    const member = names.pop() ?? ''
    const group = names.reduce<Record<string, unknown>>((object, name) => {
      object[name] ??= {}
      return object[name] as Record<string, unknown>
    }, config)
    group[member] = values.get(key) ?? absent[type.kind]
  }
  return config as Config
}
