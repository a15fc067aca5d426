import { type ConfigFile, type ParsedFile, parseConfigFile } from './files.ts'
import { keychainEntry } from './keychain-reference.ts'
import type { Setting } from './settings/setting.ts'
import { type KnownSetting, secretSettings } from './settings/setting-names.ts'
import type { SettingKey } from './settings/settings.ts'
import { InputText, toValue } from './values.ts'

/** Where a setting's value comes from, and which source goes first. */

export interface ConfigInputs {
  /** By flag, without its dashes; only those that were given. */
  readonly flags: Readonly<Record<string, string | undefined>>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The first that has a key wins. */
  readonly files: readonly ConfigFile[]
  /** What was read of the secrets that `secretReferences` finds: in the keychain, in a file, or printed by a helper. */
  readonly fetched?: ReadonlyMap<SettingKey, string>
}

/** Docker, Kubernetes and systemd hand secrets over as files, and a variable says where. */
export class SecretFile {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }
}

/** A program prints the secret. */
export class SecretCommand {
  readonly line: unknown
  /** Of the file that names it. */
  readonly path: string | undefined

  constructor(line: unknown, path?: string) {
    this.line = line
    this.path = path
  }
}

export interface SettingInput {
  readonly value: unknown
  readonly source: string
  /** For messages. */
  readonly where: string
}

/** All that has a value, strongest first. */
type InputSource = (setting: Setting) => readonly SettingInput[]

const isSet = (text: string | undefined): text is string => text !== undefined && text.trim() !== ''

const fromFlags =
  (flags: ConfigInputs['flags']): InputSource =>
  ({ flag, type }) => {
    const value = flag === undefined ? undefined : flags[flag]
    // An empty secret is what a script's unset variable gives.
    if (value === undefined || (type.kind === 'secret' && !isSet(value))) return []
    return [{ value: new InputText(value), source: `--${flag}`, where: `--${flag}` }]
  }

const variableValue = (name: string, text: string, { type }: Setting): unknown => {
  if (type.kind === 'secret' && name.endsWith('_FILE')) return new SecretFile(text)
  if (type.kind === 'secret' && name.endsWith('_COMMAND')) return new SecretCommand(new InputText(text))
  return new InputText(text)
}

const fromEnvironment =
  (environment: ConfigInputs['environment']): InputSource =>
  (setting) =>
    setting.environment.flatMap((name) => {
      const text = environment[name]
      return isSet(text) ? [{ value: variableValue(name, text, setting), source: name, where: name }] : []
    })

const fromFiles =
  (files: readonly ParsedFile[]): InputSource =>
  ({ key }) => {
    const file = files.find(({ values }) => values.has(key))
    return file === undefined
      ? []
      : [{ value: file.values.get(key), source: file.path, where: `${key} in ${file.path}` }]
  }

const commandKey = 'apiKeyCommand'

/** The helper that a file names. */
const fromCommand =
  (files: readonly ParsedFile[]): InputSource =>
  () => {
    const file = files.find(({ values }) => values.has(commandKey))
    if (file === undefined) return []
    const value = new SecretCommand(file.values.get(commandKey), file.path)
    return [{ value, source: `${commandKey} (${file.path})`, where: `${commandKey} in ${file.path}` }]
  }

/**
 * Flag, then environment, then file, then default; but for the key: flag, then file, then environment,
 * because a variable left over from other work must not win over what was set up for this. A helper comes after the
 * plain values of its source.
 */
export const finder = ({ flags, environment, files }: ConfigInputs) => {
  const parsed = files.map(parseConfigFile)
  const [flag, variable] = [fromFlags(flags), fromEnvironment(environment)]
  const [file, command] = [fromFiles(parsed), fromCommand(parsed)]
  const findAll = (setting: KnownSetting): readonly SettingInput[] =>
    (setting.key === 'apiKey' ? [flag, file, command, variable] : [flag, variable, file]).flatMap((source) =>
      source(setting),
    )
  return { findAll, parsed }
}

/** A secret that a file says lies in the keychain, and nothing overrules that file. */
export interface KeychainReference {
  readonly key: SettingKey
  readonly entry: string
  /** Of the file. */
  readonly path: string
}

/** A secret that a variable says lies in a file of its own, and nothing overrules that variable. */
export interface SecretFileReference {
  readonly key: SettingKey
  readonly variable: string
  readonly path: string
}

/** A secret that a helper prints, and nothing overrules it. */
export interface HelperReference {
  readonly key: SettingKey
  /** The program and its arguments. */
  readonly command: readonly string[]
  /** Where it is named, for people: `NEXUS_API_KEY_COMMAND`, `apiKeyCommand in /home/me/config.json`. */
  readonly where: string
  /** Of the file that names it; undefined for a variable. */
  readonly path: string | undefined
}

export interface SecretReferences {
  readonly inKeychain: readonly KeychainReference[]
  readonly inFiles: readonly SecretFileReference[]
  readonly byHelper: readonly HelperReference[]
}

/** Secrets that are only pointed at. Throws UsageError. */
export const secretReferences = (inputs: ConfigInputs): SecretReferences => {
  const { findAll } = finder(inputs)
  const inKeychain: KeychainReference[] = []
  const inFiles: SecretFileReference[] = []
  const byHelper: HelperReference[] = []
  for (const setting of secretSettings) {
    const { key } = setting
    const [found] = findAll(setting)
    if (found === undefined) continue
    const { value, source, where } = found
    const entry = keychainEntry(key, value)
    if (value instanceof SecretFile) inFiles.push({ key, variable: source, path: value.path })
    else if (value instanceof SecretCommand) {
      const { line, path } = value
      byHelper.push({ key, command: toCommand(line, where), where, path })
    } else if (entry !== undefined) inKeychain.push({ key, entry, path: source })
  }
  return { inKeychain, inFiles, byHelper }
}

const toCommand = (line: unknown, where: string): readonly string[] =>
  toValue({ type: { kind: 'command' } }, line, where) as readonly string[]
