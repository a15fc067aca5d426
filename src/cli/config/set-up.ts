import { closingCommand } from '../../base/closing-command.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import { Secret } from '../../base/secret.ts'
import { UsageError } from '../../base/usage-error.ts'
import { gateSecretKeys, hasGate } from '../../config/client-tokens.ts'
import { unencryptedHost } from '../../config/encryption.ts'
import { otelWarnings } from '../../config/otel.ts'
import type { Machine } from '../../config/paths.ts'
import { searchWarnings } from '../../config/search.ts'
import { isSecretKey } from '../../config/settings/setting-names.ts'
import type { SettingKey } from '../../config/settings/settings.ts'
import { hasLogin } from '../../config/state-address.ts'
import { chosenModel } from '../../models/chosen-model.ts'
import { createModelResolver, type ModelResolver, type ResolvedModel } from '../../models/resolver.ts'
import type { Connection } from '../../upstreams/definition.ts'
import { nexusModels } from '../../upstreams/nexus/models.ts'
import { connectionOf, modelsOf } from '../../upstreams/registry.ts'
import { productName } from '../../version.ts'
import { exposedWords } from '../credentials/exposed-files.ts'
import { unusedRemedy, unusedSecrets, unusedWords } from '../credentials/unused-secrets.ts'
import type { Flags } from '../parse/parsed-arguments.ts'
import type { Io } from '../terminal/io.ts'
import { cacheWarnings } from './cache-warnings.ts'
import { type CommandConfig, readConfig } from './config-input.ts'
import { isOwnAddress, type ListenAddress } from './own-address.ts'

/** The configuration, and the models that it names. */
export interface ChosenModels {
  readonly loaded: CommandConfig
  readonly connection: Connection
  readonly models: ModelResolver
  readonly model: ResolvedModel
  readonly smallModel: ResolvedModel
}

/** Finds a model of AI Nexus by any spelling. Without a default model, because `default` cannot refer to itself. */
export const allModels = createModelResolver(nexusModels, '')

/** Input of the commands that serve or send requests. */
export interface SetUp extends ChosenModels {
  readonly isSimulated: boolean
}

/** The keys of upstreams. */
export const keySettings: ReadonlySet<SettingKey> = new Set(['apiKey', 'openai.apiKey', 'anthropic.apiKey'])

/** The secrets of a server with a simulated upstream. */
const servingSecretKeys: readonly SettingKey[] = [...gateSecretKeys, 'search.apiKey']

/** Names a setting's source for messages: a flag, a variable, or a key and a file. */
const placeOf = (key: SettingKey, { sources }: CommandConfig): string => {
  const source = sources.get(key) ?? 'default'
  return source.includes('/') || source.includes('\\') ? `${key} in ${source}` : source
}

/** A typing error in a URL must not expose a secret. */
const checkEncrypted = (loaded: CommandConfig, key: SettingKey, url: string, secret: string): void => {
  const host = unencryptedHost(url)
  if (host === undefined || loaded.config.allowHttp) return
  throw new UsageError(
    `${placeOf(key, loaded)} begins with http, so ${secret} would go to ${host} unencrypted. Use https; if HTTPS is not available, pass --allow-http.`,
  )
}

/** Throws UsageError if OAuth tokens would be sent unencrypted. */
export const checkTokenEncryption = (loaded: CommandConfig): void =>
  checkEncrypted(loaded, 'anthropic.oauth.tokenUrl', loaded.config.anthropic.oauth.tokenUrl, 'OAuth tokens')

const checkEncryption = ({ loaded, connection }: ChosenModels): void => {
  checkEncrypted(loaded, connection.urlSetting, connection.url, 'the key')
  const { upstream, anthropic } = loaded.config
  if (upstream === 'anthropic' && anthropic.allowOauth) checkTokenEncryption(loaded)
}

/** Throws UsageError for an upstream that is this server. */
export const checkUpstreamAddress = ({ loaded, connection, isSimulated }: SetUp, listen: ListenAddress): void => {
  if (isSimulated || !isOwnAddress(connection.url, listen)) return
  throw new UsageError(
    `${placeOf(connection.urlSetting, loaded)} is ${connection.url}, which leads to this server: it would call itself. Set the address of the upstream, or choose another port with --port.`,
  )
}

/** Whether the user chose the value. */
export const isSet = (key: SettingKey, { sources }: CommandConfig): boolean =>
  (sources.get(key) ?? 'default') !== 'default'

/**
 * `secretKeys`: the secrets to read, by default all. Rejects with UsageError for errors in flags, variables and files,
 * and for an unknown model.
 */
export const readModels = async (flags: Flags, io: Io, secretKeys?: readonly SettingKey[]): Promise<ChosenModels> => {
  const loaded = await readConfig(flags, io, secretKeys && { secrets: secretKeys })
  const { config } = loaded
  const models = modelsOf(config, '')
  const named = (key: 'model' | 'smallModel') =>
    ({ name: config[key], isGiven: isSet(key, loaded), where: placeOf(key, loaded) }) as const
  const model = chosenModel(models, { ...named('model'), family: 'sonnet' })
  const smallModel = chosenModel(models, { ...named('smallModel'), family: 'haiku' })
  return { loaded, connection: connectionOf(config), models, model, smallModel }
}

/** Rejects with UsageError like `readModels`, and if the key would be sent unencrypted. */
export const readSetUp = async (flags: Flags, io: Io, secretKeys?: readonly SettingKey[]): Promise<SetUp> => {
  const isSimulated = flags['simulate'] === true
  // A simulation does not need the key: the user need not unlock a keychain.
  const wanted = isSimulated ? (secretKeys ?? servingSecretKeys).filter((key) => !keySettings.has(key)) : secretKeys
  const chosen = await readModels(flags, io, wanted)
  if (!isSimulated) checkEncryption(chosen)
  return { ...chosen, isSimulated }
}

const assignments = (variable: string, { platform }: Machine): string[] =>
  platform === 'win32'
    ? [`$env:${variable} = '...'   (PowerShell)`, `set "${variable}=..."      (cmd)`]
    : [`export ${variable}=...`]

const lines = (ways: readonly string[]): string => ways.map((way) => `  ${way}\n`).join('')

/** One way per line, the safest first. */
export const waysToGiveAKey = ({ keySetting, keyVariable }: Connection, machine: Machine): string =>
  lines([
    `${productName} config set ${keySetting}   (prompts for the key and stores it)`,
    ...assignments(keyVariable, machine),
    '--api-key ...   (other users of this machine can see it)',
  ])

/** Commands that serve; with --simulate, they need no key. */
export type ServingCommand = 'start' | 'claude' | 'codex' | 'opencode'

/** The error for a missing key. */
export const missingKey = (connection: Connection, machine: Machine, command: ServingCommand = 'start'): string => {
  const { title, upstream, otherWays = [] } = connection
  const flags = upstream === 'nexus' ? '--simulate' : `--upstream ${upstream} --simulate`
  const others = otherWays.length === 0 ? '' : `Or use other credentials:\n${lines(otherWays)}`
  return `No ${title} key. Provide it in one of these ways, the safest first:
${waysToGiveAKey(connection, machine)}${others}Or try it without a key: ${productName} ${command} ${flags}`
}

/** Undefined for an upstream that needs no key. Throws UsageError without a key that is needed. */
export const requireKey = (
  { connection, isSimulated }: SetUp,
  { machine }: Io,
  command?: ServingCommand,
): Secret | undefined => {
  if (isSimulated) return new Secret('simulated')
  const { apiKey, isKeyOptional } = connection
  if (apiKey === undefined && !isKeyOptional) throw new UsageError(missingKey(connection, machine, command))
  return apiKey
}

export const oauthWarning =
  'OAuth credentials are used: you are responsible for them (docs/upstreams/anthropic.md#oauth).'

const saferLocations = 'use a variable or a file'

/** Warnings about who gets the key, and what the program sends. */
export const exposureWarnings = ({ loaded, connection, isSimulated, models }: SetUp): string[] => {
  const { config, sources, exposed, warnings: fromFiles } = loaded
  const visible = [...sources].filter(
    ([key, source]) =>
      isSecretKey(key) && source.startsWith('--') && (key !== 'state.url' || hasLogin(config.state.url)),
  )
  const unencrypted = unencryptedHost(connection.url)
  const isOpen = !isLoopbackHost(config.host) && !hasGate(config)
  const atRisk = config.upstream === 'anthropic' ? 'credentials' : 'key'
  return [
    ...fromFiles,
    ...exposed.map((path) => `${exposedWords(path)}: ${closingCommand(path)}`),
    ...visible.map(
      ([, flag]) => `other users of this machine can read ${flag} in the list of processes: ${saferLocations}.`,
    ),
    ...unusedSecrets(loaded)
      .filter(({ key }) => !isSimulated || !keySettings.has(key))
      .map((unused) => `${unusedWords(unused)} ${unusedRemedy(unused)}`),
    ...(isOpen
      ? [
          `other machines can reach ${config.host}, and without --client-token or --clients they can use your ${atRisk}.`,
        ]
      : []),
    ...(models.models.length === 0 && !models.keepsNames && !isSimulated
      ? [`no model is configured: names go to ${connection.title} as clients send them. Set --model or --model-map.`]
      : []),
    ...(unencrypted === undefined ? [] : [`the key is sent to ${unencrypted} unencrypted.`]),
    ...(config.upstream === 'anthropic' && config.anthropic.allowOauth && !isSimulated ? [oauthWarning] : []),
  ]
}

/** Warnings before the first request. */
export const warningsOf = (setUp: SetUp): string[] => {
  const { config, environment } = setUp.loaded
  return [
    ...exposureWarnings(setUp),
    ...cacheWarnings(config, setUp.model.model.id),
    ...searchWarnings(config),
    ...otelWarnings(config, environment),
  ]
}
