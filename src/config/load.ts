import type { LogLevel } from '../base/logger.ts'
import { Secret } from '../base/secret.ts'
import { type ConfigFile, type ParsedFile, parseConfigFile } from './files.ts'
import { keychainEntry } from './keychain-reference.ts'
import { isSecretKey, type KnownSetting, secretSettings } from './setting-names.ts'
import type { CountTokens, GatewayMode, LogFormat, Setting, SettingKey } from './settings.ts'
import { settings } from './settings.ts'
import { type SettingValue, Typed, toValue } from './values.ts'

export interface Config {
  readonly host: string
  readonly port: number
  /** Without a trailing slash. */
  readonly endpointUrl: string
  /** Whether the key may leave this machine unencrypted. */
  readonly allowHttp: boolean
  readonly apiKey: Secret | undefined
  readonly model: string
  readonly smallModel: string
  readonly clientToken: Secret | undefined
  readonly gatewayMode: GatewayMode
  readonly logFormat: LogFormat
  readonly logLevel: LogLevel
  readonly logFile: string | undefined
  readonly maxRetries: number
  readonly timeoutSeconds: number
  readonly countTokens: CountTokens
  readonly translation: TranslationConfig
  readonly bedrock: BedrockConfig
}

/** See docs/translation.md. */
interface TranslationConfig {
  readonly pdf: 'visual' | 'text'
  readonly excessMedia: 'omit' | 'refuse'
  readonly systemMessages: 'reminder' | 'native'
  readonly billingHeader: 'drop' | 'keep'
  readonly strictTools: 'drop' | 'send'
  readonly safeguards: 'answer' | 'client' | 'off'
  /** To let through beside those that Converse is known to take. */
  readonly betas: readonly string[]
}

/** What every Converse request carries, whatever the client says. */
interface BedrockConfig {
  readonly serviceTier: 'default' | 'priority' | 'flex' | 'reserved' | undefined
  readonly latency: 'standard' | 'optimized' | undefined
  readonly guardrail: string | undefined
  readonly guardrailVersion: string
  readonly guardrailMode: 'sync' | 'async'
}

export interface LoadedConfig {
  readonly config: Config
  /** The same by key, for people; a secret only as what it is. */
  readonly values: ReadonlyMap<SettingKey, SettingValue | Secret>
  /**
   * Where each value comes from, for people: `--port`, `NEXUS_PORT`, a file's path, `the keychain (that
   * path)`, `default`. A place without a value is a keychain or a file that was not asked, or did not answer.
   */
  readonly sources: ReadonlyMap<SettingKey, string>
  readonly warnings: readonly string[]
}

export interface ConfigInputs {
  /** By flag, without its dashes; only those that were given. */
  readonly flags: Readonly<Record<string, string | undefined>>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The first that has a key wins. */
  readonly files: readonly ConfigFile[]
  /** What the keychain holds of the secrets that `secretReferences` finds in the keychain. */
  readonly kept?: ReadonlyMap<SettingKey, string>
  /** What the files hold that `secretReferences` finds in files. */
  readonly filed?: ReadonlyMap<SettingKey, string>
}

/** Docker, Kubernetes and systemd hand secrets over as files, and a variable says where. */
class SecretFile {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }
}

interface Found {
  readonly value: unknown
  readonly source: string
  /** For messages. */
  readonly where: string
}

type Source = (setting: Setting) => Found | undefined

const isGiven = (text: string | undefined): text is string => text !== undefined && text.trim() !== ''

const fromFlags =
  (flags: ConfigInputs['flags']): Source =>
  ({ flag, type }) => {
    const value = flag === undefined ? undefined : flags[flag]
    // An empty secret is what a script's unset variable gives.
    if (value === undefined || (type.kind === 'secret' && !isGiven(value))) return undefined
    return { value: new Typed(value), source: `--${flag}`, where: `--${flag}` }
  }

const fromEnvironment =
  (environment: ConfigInputs['environment']): Source =>
  (setting) => {
    const name = setting.environment.find((variable) => isGiven(environment[variable]))
    if (name === undefined) return undefined
    const text = environment[name] ?? ''
    const isPath = setting.type.kind === 'secret' && name.endsWith('_FILE')
    return { value: isPath ? new SecretFile(text) : new Typed(text), source: name, where: name }
  }

const fromFiles =
  (files: readonly ParsedFile[]): Source =>
  ({ key }) => {
    const file = files.find(({ values }) => values.has(key))
    return file && { value: file.values.get(key), source: file.path, where: `${key} in ${file.path}` }
  }

/**
 * Flag, then environment, then file, then default; but for the key: flag, then file, then environment,
 * because a variable left over from other work must not win over what was set up for this.
 */
const finder = ({ flags, environment, files }: ConfigInputs) => {
  const parsed = files.map(parseConfigFile)
  const flag = fromFlags(flags)
  const variable = fromEnvironment(environment)
  const file = fromFiles(parsed)
  const find = (setting: KnownSetting): Found | undefined => {
    const order = setting.key === 'apiKey' ? [flag, file, variable] : [flag, variable, file]
    for (const source of order) {
      const found = source(setting)
      if (found !== undefined) return found
    }
    return undefined
  }
  return { find, parsed }
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

/** Secrets that are only pointed at. Throws UsageError. */
export const secretReferences = (
  inputs: ConfigInputs,
): { readonly inKeychain: KeychainReference[]; readonly inFiles: SecretFileReference[] } => {
  const { find } = finder(inputs)
  const inKeychain: KeychainReference[] = []
  const inFiles: SecretFileReference[] = []
  for (const setting of secretSettings) {
    const { key } = setting
    const found = find(setting)
    if (found === undefined) continue
    const { value, source } = found
    const entry = keychainEntry(key, value)
    if (value instanceof SecretFile) inFiles.push({ key, variable: source, path: value.path })
    else if (entry !== undefined) inKeychain.push({ key, entry, path: source })
  }
  return { inKeychain, inFiles }
}

/** Throws UsageError. */
export const loadConfig = (inputs: ConfigInputs): LoadedConfig => {
  const { find, parsed } = finder(inputs)
  const values = new Map<SettingKey, SettingValue | Secret>()
  const sources = new Map<SettingKey, string>()

  const read = (setting: KnownSetting): SettingValue | undefined => {
    const { key } = setting
    const found = find(setting)
    if (found === undefined) {
      if (setting.default !== undefined) sources.set(key, 'default')
      return setting.default
    }
    if (found.value instanceof SecretFile) {
      sources.set(key, found.source)
      const text = inputs.filed?.get(key)
      return text === undefined ? undefined : toValue(setting, new Typed(text), `The file of ${found.where}`)
    }
    const entry = keychainEntry(key, found.value)
    if (entry === undefined) {
      sources.set(key, found.source)
      return toValue(setting, found.value, found.where)
    }
    const place = `the keychain (${found.source})`
    sources.set(key, place)
    const kept = inputs.kept?.get(key)
    return kept === undefined ? undefined : toValue(setting, kept, `${key} in ${place}`)
  }
  for (const setting of settings) {
    const value = read(setting)
    if (value === undefined) continue
    if (!isSecretKey(setting.key)) values.set(setting.key, value)
    else if (typeof value === 'string' && value !== '') values.set(setting.key, new Secret(value))
  }
  return { config: toConfig(values), values, sources, warnings: parsed.flatMap(({ warnings }) => warnings) }
}

/** Each value under its name. The casts say what settings.ts says of it. */
const toConfig = (values: LoadedConfig['values']): Config => {
  const get = <T>(key: SettingKey): T => values.get(key) as T
  return {
    host: get('host'),
    port: get('port'),
    endpointUrl: get('endpointUrl'),
    allowHttp: get('allowHttp'),
    apiKey: get('apiKey'),
    model: get('model'),
    smallModel: get('smallModel'),
    clientToken: get('clientToken'),
    gatewayMode: get('gatewayMode'),
    logFormat: get('logging.format'),
    logLevel: get('logging.level'),
    logFile: get('logging.file'),
    maxRetries: get('maxRetries'),
    timeoutSeconds: get('timeout'),
    countTokens: get('countTokens'),
    translation: {
      pdf: get('translation.pdf'),
      excessMedia: get('translation.excessMedia'),
      systemMessages: get('translation.systemMessages'),
      billingHeader: get('translation.billingHeader'),
      strictTools: get('translation.strictTools'),
      safeguards: get('translation.safeguards'),
      betas: get<readonly string[] | undefined>('translation.betas') ?? [],
    },
    bedrock: {
      serviceTier: get('bedrock.serviceTier'),
      latency: get('bedrock.latency'),
      guardrail: get('bedrock.guardrail'),
      guardrailVersion: get('bedrock.guardrailVersion'),
      guardrailMode: get('bedrock.guardrailMode'),
    },
  }
}
