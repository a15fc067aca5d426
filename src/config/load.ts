import type { LogLevel } from '../base/logger.ts'
import { Secret } from '../base/secret.ts'
import { keychainEntry } from './keychain-reference.ts'
import { isSecretKey, type KnownSetting } from './settings/setting-names.ts'
import { type CountTokens, type GatewayMode, type LogFormat, type SettingKey, settings } from './settings/settings.ts'
import { type ConfigInputs, type Found, finder, SecretCommand, SecretFile } from './sources.ts'
import { type SettingValue, Typed, toValue } from './values.ts'

export interface Config {
  readonly host: string
  readonly port: number
  /** Without a trailing slash. */
  readonly endpointUrl: string
  /** Whether the key may leave this machine unencrypted. */
  readonly allowHttp: boolean
  readonly apiKey: Secret | undefined
  /** Seconds after which a key that a helper printed is asked for anew. */
  readonly apiKeyMaxAgeSeconds: number | undefined
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
   * path)`, `apiKeyCommand (that path)`, `default`. A place without a value was not asked, or did not answer.
   */
  readonly sources: ReadonlyMap<SettingKey, string>
  /** Sources that are set as well and lose, strongest first; not those that say the same. */
  readonly unused: ReadonlyMap<SettingKey, readonly string[]>
  readonly warnings: readonly string[]
}

/** What `find` found, as it is to be read. */
const readFound = (
  setting: KnownSetting,
  found: Found,
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
  if (value instanceof SecretFile) return [place, toValue(setting, new Typed(text), `The file of ${where}`)]
  if (value instanceof SecretCommand) return [place, toValue(setting, new Typed(text), `What ${where} prints`)]
  return [place, toValue(setting, text, `${key} in ${place}`)]
}

/** A plain value as it was given; undefined for what only points at one. */
const plainText = ({ value }: Found): string | undefined => {
  if (value instanceof Typed) return value.text.trim()
  return typeof value === 'object' ? undefined : String(value).trim()
}

const isSameValue = (found: Found, value: SettingValue | Secret | undefined): boolean => {
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
    const [place, value] = found === undefined ? fallback : readFound(setting, found, inputs)
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

/** Each value under its name. The casts say what settings.ts says of it. */
const toConfig = (values: LoadedConfig['values']): Config => {
  const get = <T>(key: SettingKey): T => values.get(key) as T
  return {
    host: get('host'),
    port: get('port'),
    endpointUrl: get('endpointUrl'),
    allowHttp: get('allowHttp'),
    apiKey: get('apiKey'),
    apiKeyMaxAgeSeconds: get('apiKeyCommandMaxAge'),
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
