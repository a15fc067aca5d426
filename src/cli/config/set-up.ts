import { didYouMean } from '../../base/did-you-mean.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import { Secret } from '../../base/secret.ts'
import { UsageError } from '../../base/usage-error.ts'
import type { Config } from '../../config/load.ts'
import type { Machine } from '../../config/paths.ts'
import { isSecretKey } from '../../config/settings/setting-names.ts'
import type { SettingKey } from '../../config/settings/settings.ts'
import { defaultUpstream } from '../../config/settings/upstream.ts'
import { createModelResolver, type ModelResolver, type ResolvedModel } from '../../models/resolver.ts'
import { modelsOf } from '../../upstreams/registry.ts'
import { productName } from '../../version.ts'
import { closingCommand, exposedWords } from '../credentials/exposed-files.ts'
import { unusedRemedy, unusedSecrets, unusedWords } from '../credentials/unused-secrets.ts'
import type { Flags } from '../parse/parsed-arguments.ts'
import type { Io } from '../terminal/io.ts'
import { type CommandConfig, readConfig } from './config-input.ts'

/** The configuration, and the models that it names. */
export interface ChosenModels {
  readonly loaded: CommandConfig
  readonly models: ModelResolver
  readonly model: ResolvedModel
  readonly smallModel: ResolvedModel
}

/** Finds a model by any spelling. Without a default model, because `default` cannot refer to itself. */
export const allModels = createModelResolver(modelsOf(defaultUpstream), '')

/** Input of the commands that serve or send requests. */
export interface SetUp extends ChosenModels {
  readonly isSimulated: boolean
}

/** Names a setting's source for messages: a flag, a variable, or a key and a file. */
const placeOf = (key: SettingKey, { sources }: CommandConfig): string => {
  const source = sources.get(key) ?? 'default'
  return source.includes('/') || source.includes('\\') ? `${key} in ${source}` : source
}

/** `where` names the source in messages. */
export const findModel = ({ find, spellings }: ModelResolver, name: string, where: string): ResolvedModel => {
  const found = find(name)
  if (found !== undefined) return found
  const available = `Available: ${spellings.join(', ')}.`
  throw new UsageError(`${where}: unknown model '${name}'.${didYouMean(name, spellings)} ${available}`)
}

/** The host that would get the key unencrypted; undefined if there is none. */
const unencryptedHost = ({ endpointUrl }: Config): string | undefined => {
  const { protocol, hostname } = new URL(endpointUrl)
  return protocol === 'http:' && !isLoopbackHost(hostname) ? hostname : undefined
}

/** A typing error in a URL must not expose the key. */
const checkEncryption = (loaded: CommandConfig): void => {
  const host = unencryptedHost(loaded.config)
  if (host === undefined || loaded.config.allowHttp) return
  throw new UsageError(
    `${placeOf('endpointUrl', loaded)} begins with http, so the key would go to ${host} unencrypted. Use https; if HTTPS is not available, pass --allow-http.`,
  )
}

/**
 * `secretKeys`: the secrets to read, by default all. Rejects with UsageError for errors in flags, variables and files,
 * and for an unknown model.
 */
export const readModels = async (flags: Flags, io: Io, secretKeys?: readonly SettingKey[]): Promise<ChosenModels> => {
  const loaded = await readConfig(flags, io, secretKeys && { secrets: secretKeys })
  const { config } = loaded
  const models = createModelResolver(modelsOf(config.upstream), '')
  const model = findModel(models, config.model, placeOf('model', loaded))
  const smallModel = findModel(models, config.smallModel, placeOf('smallModel', loaded))
  return { loaded, models, model, smallModel }
}

/** Rejects with UsageError like `readModels`, and if the key would be sent unencrypted. */
export const readSetUp = async (flags: Flags, io: Io, secretKeys?: readonly SettingKey[]): Promise<SetUp> => {
  const isSimulated = flags['simulate'] === true
  // A simulation does not need the key: the user need not unlock a keychain.
  const wanted = isSimulated ? (secretKeys ?? ['clientToken']).filter((key) => key !== 'apiKey') : secretKeys
  const chosen = await readModels(flags, io, wanted)
  if (!isSimulated) checkEncryption(chosen.loaded)
  return { ...chosen, isSimulated }
}

const assignments = ({ platform }: Machine): string[] =>
  platform === 'win32'
    ? ["$env:NEXUS_API_KEY = '...'   (PowerShell)", 'set "NEXUS_API_KEY=..."      (cmd)']
    : ['export NEXUS_API_KEY=...']

/** One way per line, the safest first. */
export const waysToGiveAKey = (machine: Machine): string =>
  [
    `${productName} config set apiKey   (prompts for the key and stores it)`,
    ...assignments(machine),
    '--api-key ...   (other users of this machine can see it)',
  ]
    .map((way) => `  ${way}\n`)
    .join('')

/** Commands that serve; with --simulate, they need no key. */
export type ServingCommand = 'start' | 'claude'

/** The error for a missing key. */
export const missingKey = (machine: Machine, command: ServingCommand = 'start'): string =>
  `No AI Nexus key. Provide it in one of these ways, the safest first:
${waysToGiveAKey(machine)}Or try it without a key: ${productName} ${command} --simulate`

/** Throws UsageError without a key. */
export const requireKey = ({ loaded, isSimulated }: SetUp, { machine }: Io, command?: ServingCommand): Secret => {
  if (isSimulated) return new Secret('simulated')
  const { apiKey } = loaded.config
  if (apiKey === undefined) throw new UsageError(missingKey(machine, command))
  return apiKey
}

const saferLocations = 'use a variable or a file'

/** Warnings before the first request. */
export const warningsOf = ({ loaded, isSimulated }: SetUp): string[] => {
  const { config, sources, exposed, warnings: fromFiles } = loaded
  const visible = [...sources].filter(([key, source]) => isSecretKey(key) && source.startsWith('--'))
  const unencrypted = unencryptedHost(config)
  const isOpen = !isLoopbackHost(config.host) && config.clientToken === undefined
  return [
    ...fromFiles,
    ...exposed.map((path) => `${exposedWords(path)}: ${closingCommand(path)}`),
    ...visible.map(
      ([, flag]) => `other users of this machine can read ${flag} in the list of processes: ${saferLocations}.`,
    ),
    ...unusedSecrets(loaded)
      .filter(({ key }) => !isSimulated || key !== 'apiKey')
      .map((unused) => `${unusedWords(unused)} ${unusedRemedy(unused)}`),
    ...(isOpen ? [`other machines can reach ${config.host}, and without --client-token they can use your key.`] : []),
    ...(unencrypted === undefined ? [] : [`the key is sent to ${unencrypted} unencrypted.`]),
  ]
}
