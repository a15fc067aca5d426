import { UsageError } from '../base/usage-error.ts'
import { type ConfigFile, type GivenSettings, type ParsedFile, parseConfigFile } from './files.ts'
import { keychainEntry } from './keychain-reference.ts'
import type { Setting, UpstreamName } from './settings/setting.ts'
import { type KnownSetting, secretSettings } from './settings/setting-names.ts'
import { type SettingKey, settings } from './settings/settings.ts'
import { defaultUpstream, upstreamSettings } from './settings/upstream.ts'
import { InputText, toValue } from './values.ts'

/** The sources of a setting's value, and their order. */

export interface ConfigInputs {
  /** By flag name without dashes; only flags that were given. */
  readonly flags: Readonly<Record<string, string | undefined>>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The file and line of variables that the user keeps in a file, for messages. */
  readonly variableOrigins?: ReadonlyMap<string, string>
  /** The first file that has a key wins. */
  readonly files: readonly (ConfigFile | GivenSettings)[]
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
  ({ flag, type, offDescription }) => {
    const given = flag === undefined ? undefined : flags[flag]
    const value = given !== undefined && offDescription !== undefined ? 'false' : given
    // A script with an unset variable passes an empty secret.
    if (value === undefined || (type.kind === 'secret' && !isSet(value))) return []
    return [{ value: new InputText(value), source: `--${flag}`, where: `--${flag}` }]
  }

/** Other programs' switches are off with these values, and on with all others. */
const isSwitchedOff = (name: string, text: string, { switches }: Setting): boolean =>
  switches?.[name] !== undefined && /^(?:false|0)$/i.test(text.trim())

const variableValue = (name: string, text: string, { type, switches }: Setting): unknown => {
  const meaning = switches?.[name]
  if (meaning !== undefined) return new InputText(meaning)
  if (type.kind === 'secret' && name.endsWith('_FILE')) return new SecretFile(text)
  if (type.kind === 'secret' && name.endsWith('_COMMAND')) return new SecretCommand(new InputText(text))
  return new InputText(text)
}

/** `PREFIX_X_Y=v` as the entry `X-Y: v`. */
const byPrefix = (environment: ConfigInputs['environment'], prefix: string): readonly SettingInput[] => {
  const entries = Object.entries(environment).flatMap(([name, text]) =>
    name.startsWith(prefix) && isSet(text) ? [[name.slice(prefix.length).replaceAll('_', '-'), text]] : [],
  )
  const source = `${prefix}*`
  return entries.length === 0 ? [] : [{ value: Object.fromEntries(entries), source, where: source }]
}

const fromEnvironment =
  ({ environment, variableOrigins }: ConfigInputs, upstream: UpstreamName): InputSource =>
  (setting) => {
    const named = [...setting.environment, ...(setting.upstreamEnvironment?.[upstream] ?? [])].flatMap((name) => {
      const text = environment[name]
      if (!isSet(text) || isSwitchedOff(name, text, setting)) return []
      const origin = variableOrigins?.get(name)
      const where = origin === undefined ? name : `${name} in ${origin}`
      return [{ value: variableValue(name, text, setting), source: name, where }]
    })
    return setting.environmentPrefix === undefined
      ? named
      : [...named, ...byPrefix(environment, setting.environmentPrefix)]
  }

const fromFiles =
  (files: readonly ParsedFile[]): InputSource =>
  ({ key }) => {
    const file = files.find(({ values }) => values.has(key))
    return file === undefined ? [] : [{ value: file.values.get(key), source: file.path, where: file.placeOf(key) }]
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
export const finder = (inputs: ConfigInputs) => {
  const { flags, files } = inputs
  const parsed = files.map(parseConfigFile)
  const [flag, file, command] = [fromFlags(flags), fromFiles(parsed), fromCommand(parsed)]
  const upstream = upstreamIn([flag, fromEnvironment(inputs, defaultUpstream), file])
  const variable = fromEnvironment(inputs, upstream)
  const order = (key: SettingKey): readonly InputSource[] => {
    if (key === 'apiKey') return [flag, file, command, variable]
    return key === 'openai.apiKey' || key === 'anthropic.apiKey' ? [flag, file, variable] : [flag, variable, file]
  }
  checkFlags(flags, upstream)
  const isOther = (setting: Setting): boolean => setting.upstream !== undefined && setting.upstream !== upstream
  const findAll = (setting: KnownSetting): readonly SettingInput[] => {
    if (isOther(setting)) return []
    const own = order(setting.key).flatMap((source) => source(setting))
    const { fallback } = setting
    const next = (settings as readonly KnownSetting[]).find(({ key }) => key === fallback)
    return next === undefined || own.length > 0 ? own : findAll(next)
  }
  return { findAll, parsed }
}

/** A flag without effect is an error. Throws UsageError. */
const checkFlags = (flags: ConfigInputs['flags'], upstream: UpstreamName): void => {
  for (const name of Object.keys(flags)) {
    const owners = (settings as readonly Setting[])
      .filter(({ flag }) => flag === name)
      .map((setting) => setting.upstream)
    if (owners.length > 0 && owners.every((owner) => owner !== undefined && owner !== upstream))
      throw new UsageError(`--${name} works only with --upstream ${owners.join(' or ')}.`)
  }
}

const upstreamSetting: Setting = upstreamSettings[0]

/** The upstream whose settings are read. An unknown name is refused later, when the setting itself is read. */
const upstreamIn = (sources: readonly InputSource[]): UpstreamName => {
  const value = sources.flatMap((source) => source(upstreamSetting))[0]?.value
  const name = value instanceof InputText ? value.text : value
  return name === 'openai' || name === 'anthropic' ? name : defaultUpstream
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
