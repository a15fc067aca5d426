import { isObject } from '../base/json.ts'
import { Secret } from '../base/secret.ts'
import { UsageError } from '../base/usage-error.ts'
import { hasGate } from './client-tokens.ts'
import type { Grouped, GroupOf, Within } from './config-of.ts'
import { unencryptedHost } from './encryption.ts'
import { budgetWarnings } from './limits.ts'
import { type LoadedConfig, loadConfig } from './load.ts'
import { checkServerSettings } from './server-settings.ts'
import type { Setting, SettingType } from './settings/setting.ts'
import type { KnownSetting } from './settings/setting-names.ts'
import { type SettingKey, settings } from './settings/settings.ts'
import { type ConfigInputs, secretReferences } from './sources.ts'

/** Settings of the app in other runtimes than the program: an object with the keys of a configuration file (OP-X1). */

/** Settings, or whole groups, that need what only the program has, and why (OP-X3). */
const unavailable = {
  clientsFile: 'it reads no files. Use clientTokens',
  tls: 'the runtime serves HTTPS',
  'logging.file': 'it writes no files. The log goes to the console',
  apiKeyCommand: 'it runs no programs. Use apiKey',
  apiKeyCommandMaxAge: 'it runs no programs',
  'anthropic.credentialsDir': 'it reads no files. Use anthropic.apiKey',
  'anthropic.allowOauth': 'it keeps no tokens. Use anthropic.apiKey',
  'anthropic.claudeCodeLogin': 'it reads no files. Use anthropic.apiKey',
  'anthropic.oauth': 'it keeps no tokens. Use anthropic.apiKey',
  'anthropic.clientSetupDir': 'it reads no files',
  history: 'it writes no files',
  dashboard: 'it has no sessions. Use metrics',
  state: 'it has no client for Redis',
  workers: 'the runtime starts the processes',
  drain: 'the runtime ends the server',
  statsInterval: 'it has no terminal. Use metrics',
  slack: 'it sends no reports',
  telemetry: 'it sends no reports',
  otel: 'it sends no reports. Use metrics',
  gatewayMode: 'it starts no clients',
  search: 'it does not search the web',
  signIn: 'it keeps no tokens',
  cacheAudit: 'it has no fast hash',
} as const

type Unavailable = keyof typeof unavailable
const reasons: Readonly<Partial<Record<string, string>>> = unavailable

/** The reason of a key, or of its group; undefined for a setting that other runtimes have. */
const unavailableReason = (key: string): string | undefined => {
  const names = key.split('.')
  return names.map((_, index) => reasons[names.slice(0, index + 1).join('.')]).find((reason) => reason !== undefined)
}

/** Whether other runtimes have the setting. */
export const isAvailable = (key: string): boolean => unavailableReason(key) === undefined

interface OptionPrice {
  readonly input: number
  readonly output: number
  readonly cacheRead?: number
  readonly cacheWrite?: number
  readonly cacheWrite1h?: number
}

/** The type of a setting in the options, by kind. */
interface OptionValues {
  readonly text: string
  readonly host: string
  readonly secret: string
  readonly url: string
  readonly switch: boolean
  readonly command: readonly string[]
  readonly list: readonly string[]
  readonly number: number
  readonly map: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly prices: Readonly<Record<string, OptionPrice>>
  readonly currency: string
  readonly object: Readonly<Record<string, unknown>>
}

type OptionOf<Type extends SettingType> = Type extends { kind: 'choice'; options: readonly (infer Option)[] }
  ? Option
  : OptionValues[Exclude<Type['kind'], 'choice'>]

type OptionsOf<Row extends Setting> = {
  readonly [One in Row as Exclude<One['key'], Grouped>]?: OptionOf<One['type']> | undefined
} & {
  readonly [Group in GroupOf<Row['key']>]?: OptionsOf<Within<Row, Group>> | undefined
}

/** docs/configuration.md describes each key; those that need the program are absent. */
export type PortableOptions = OptionsOf<
  Exclude<(typeof settings)[number], { key: Unavailable | `${Unavailable}.${string}` }>
>

/** For messages. */
const place = 'the options'

/** The address is not known here: without a token, each client of the runtime's address could use the key. */
export const defaults = { path: 'the defaults', settings: { host: '0.0.0.0', requireToken: true } } as const

const isDefault = ({ default: usual }: Setting, value: unknown): boolean =>
  usual === undefined ? Array.isArray(value) && value.length === 0 : value === usual

/** Throws UsageError for a setting that would have no effect. */
const checkAvailable = ({ values, sources }: LoadedConfig): void => {
  for (const setting of settings as readonly KnownSetting[]) {
    const { key } = setting
    const reason = unavailableReason(key)
    const value = values.get(key)
    if (reason === undefined || value === undefined || isDefault(setting, value)) continue
    const isMemory = key === 'state.url' && value instanceof Secret && value.equals('memory')
    if (isMemory) continue
    const source = sources.get(key) ?? place
    const where = source === place ? key : source
    throw new UsageError(`${where} cannot be used in this runtime: ${reason}.`)
  }
}

/** Throws UsageError for a secret that is elsewhere. */
const checkSecrets = (inputs: ConfigInputs): void => {
  const { inKeychain, inFiles } = secretReferences(inputs)
  const [entry] = inKeychain
  if (entry !== undefined) throw new UsageError(`${entry.key} must be a text: this runtime has no keychain.`)
  const [file] = inFiles
  if (file !== undefined)
    throw new UsageError(
      `${file.variable} cannot be used in this runtime: it reads no files. Set ${file.variable.replace(/_FILE$/, '')}.`,
    )
}

const checkGate = ({ config }: LoadedConfig): void => {
  if (!config.requireToken || hasGate(config)) return
  throw new UsageError(
    'No token for clients: all who reach this server could use your key. Set clientToken or clientTokens (NEXUS_CLIENT_TOKEN), or allow that with requireToken: false.',
  )
}

/** Throws UsageError for a budget without effect. That budgets are kept in memory is no news here. */
const checkBudgets = ({ config }: LoadedConfig): void => {
  const [warning] = budgetWarnings({ ...config, history: { ...config.history, enabled: true } }, [])
  if (warning !== undefined) throw new UsageError(warning)
}

/** Throws UsageError for options that TypeScript would not accept. */
const checkObject = (value: unknown, name: string): void => {
  if (!isObject(value)) throw new UsageError(`The ${name} must be an object.`)
}

/** Throws UsageError that names the key. */
export const loadPortable = (options: PortableOptions): LoadedConfig => {
  checkObject(options, 'options')
  const inputs = { flags: {}, environment: {}, files: [{ path: place, settings: options }, defaults] }
  const loaded = loadConfig(inputs)
  // No user reads warnings here, and a typing error must not open a server.
  if (loaded.warnings.length > 0) throw new UsageError(loaded.warnings.join('\n'))
  checkAvailable(loaded)
  checkSecrets(inputs)
  checkGate(loaded)
  checkServerSettings(loaded.config)
  checkBudgets(loaded)
  return loaded
}

/** Throws UsageError if the upstream's key would be sent unencrypted. */
export const checkKeyEncryption = ({ config }: LoadedConfig, key: SettingKey, url: string): void => {
  const host = unencryptedHost(url)
  if (host === undefined || config.allowHttp) return
  throw new UsageError(
    `${key} begins with http, so the key would go to ${host} unencrypted. Use https; if HTTPS is not available, set allowHttp: true.`,
  )
}

/** A value as the options have it. */
const plainOf = (value: unknown): unknown => {
  if (value instanceof Secret) return value.reveal()
  if (!(value instanceof Map)) return value
  return Object.fromEntries([...value].map(([name, member]) => [name, plainOf(member)]))
}

type Group = { [name: string]: unknown }

const put = (options: Group, key: string, value: unknown): void => {
  const names = key.split('.')
  const member = names.pop() ?? ''
  const group = names.reduce<Group>((object, name) => {
    object[name] ??= {}
    return object[name] as Group
  }, options)
  group[member] = value
}

/**
 * The options that variables set: the same variables as of the program, and those of the gateways that an upstream
 * replaces. Only texts count: a Worker has other bindings, too. Throws UsageError that names the variable.
 */
export const portableOptionsOf = (environment: object): PortableOptions => {
  checkObject(environment, 'environment')
  const texts = Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
  const inputs = { flags: {}, environment: texts, files: [] }
  const loaded = loadConfig(inputs)
  checkAvailable(loaded)
  const { byHelper } = secretReferences(inputs)
  const [helper] = byHelper
  if (helper !== undefined)
    throw new UsageError(`${helper.where} cannot be used in this runtime: ${unavailable.apiKeyCommand}.`)
  checkSecrets(inputs)
  const options: Group = {}
  for (const [key, value] of loaded.values) {
    const source = loaded.sources.get(key)
    if (source !== 'default' && isAvailable(key)) put(options, key, plainOf(value))
  }
  return options
}
