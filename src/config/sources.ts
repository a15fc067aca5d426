import { type ConfigFile, type ParsedFile, parseConfigFile } from './files.ts'
import { keychainEntry } from './keychain-reference.ts'
import type { Setting } from './settings/setting.ts'
import { type KnownSetting, secretSettings } from './settings/setting-names.ts'
import type { SettingKey } from './settings/settings.ts'
import { InputText, toValue } from './values.ts'

/** The sources of a setting's value, and their order. */

export interface ConfigInputs {
  /** By flag name without dashes; only flags that were given. */
  readonly flags: Readonly<Record<string, string | undefined>>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The first file that has a key wins. */
  readonly files: readonly ConfigFile[]
  /** Values of the secrets that `secretReferences` finds: from the keychain, a file or a helper program. */
  readonly fetched?: ReadonlyMap<SettingKey, string>
}

/** Docker, Kubernetes and systemd provide secrets as files; a variable has the path. */
export class SecretFile {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }
}

/** A program that prints the secret. */
export class SecretCommand {
  readonly line: unknown
  /** Path of the file that names it; undefined for a variable. */
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

/** Returns every input with a value, strongest first. */
type InputSource = (setting: Setting) => readonly SettingInput[]

const isSet = (text: string | undefined): text is string => text !== undefined && text.trim() !== ''

const fromFlags =
  (flags: ConfigInputs['flags']): InputSource =>
  ({ flag, type }) => {
    const value = flag === undefined ? undefined : flags[flag]
    // A script with an unset variable passes an empty secret.
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

/** The helper program that a file names. */
const fromCommand =
  (files: readonly ParsedFile[]): InputSource =>
  () => {
    const file = files.find(({ values }) => values.has(commandKey))
    if (file === undefined) return []
    const value = new SecretCommand(file.values.get(commandKey), file.path)
    return [{ value, source: `${commandKey} (${file.path})`, where: `${commandKey} in ${file.path}` }]
  }

/**
 * The order is flag, environment, file, default. For the key it is flag, file, environment: a variable that was set for
 * another program must not win over this program's configuration. A helper comes after the plain values of its source.
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

/** A reference in a file to a secret in the keychain, if no stronger source has the secret. */
export interface KeychainReference {
  readonly key: SettingKey
  readonly entry: string
  /** Path of the file with the reference. */
  readonly path: string
}

/** A variable with the path of a secret's file, if no stronger source has the secret. */
export interface SecretFileReference {
  readonly key: SettingKey
  readonly variable: string
  readonly path: string
}

/** A helper program that prints a secret, if no stronger source has the secret. */
export interface HelperReference {
  readonly key: SettingKey
  /** The program and its arguments. */
  readonly command: readonly string[]
  /** The source, for messages: `NEXUS_API_KEY_COMMAND`, `apiKeyCommand in /home/me/config.json`. */
  readonly where: string
  /** Path of the file that names it; undefined for a variable. */
  readonly path: string | undefined
}

export interface SecretReferences {
  readonly inKeychain: readonly KeychainReference[]
  readonly inFiles: readonly SecretFileReference[]
  readonly byHelper: readonly HelperReference[]
}

/** Finds the references to secrets. Throws UsageError. */
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
