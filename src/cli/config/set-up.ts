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

/** By any spelling. Without a default: `default` cannot stand for itself here. */
export const allModels = createModelResolver(modelsOf(defaultUpstream), '')

/** What the commands that serve, or ask for an answer, begin with. */
export interface SetUp extends ChosenModels {
  readonly isSimulated: boolean
}

/** A setting as the user gave it: a flag or a variable by its name, a file by key and path. */
const placeOf = (key: SettingKey, { sources }: CommandConfig): string => {
  const source = sources.get(key) ?? 'default'
  return source.includes('/') || source.includes('\\') ? `${key} in ${source}` : source
}

/** `where` names the place for people. */
export const findModel = ({ find, spellings }: ModelResolver, name: string, where: string): ResolvedModel => {
  const found = find(name)
  if (found !== undefined) return found
  const available = `Available: ${spellings.join(', ')}.`
  throw new UsageError(`${where}: unknown model '${name}'.${didYouMean(name, spellings)} ${available}`)
}

/** The host to which anybody on the way could read the key, where there is one. */
const unencryptedHost = ({ endpointUrl }: Config): string | undefined => {
  const { protocol, hostname } = new URL(endpointUrl)
  return protocol === 'http:' && !isLoopbackHost(hostname) ? hostname : undefined
}

/** A slip in an address must not be enough to give the key away. */
const checkEncryption = (loaded: CommandConfig): void => {
  const host = unencryptedHost(loaded.config)
  if (host === undefined || loaded.config.allowHttp) return
  throw new UsageError(
    `${placeOf('endpointUrl', loaded)} begins with http, so the key would go to ${host} unencrypted. Use https; if that is really not to be had, say --allow-http as well.`,
  )
}

/**
 * `secretKeys`: the secrets for which a keychain may be asked. Rejects with UsageError for whatever is wrong with flags,
 * variables and files, or a model that nobody knows.
 */
export const readModels = async (flags: Flags, io: Io, secretKeys?: readonly SettingKey[]): Promise<ChosenModels> => {
  const loaded = await readConfig(flags, io, secretKeys && { secrets: secretKeys })
  const { config } = loaded
  const models = createModelResolver(modelsOf(config.upstream), '')
  const model = findModel(models, config.model, placeOf('model', loaded))
  const smallModel = findModel(models, config.smallModel, placeOf('smallModel', loaded))
  return { loaded, models, model, smallModel }
}

/** Rejects with UsageError as `readModels` does, and where the key would go unencrypted. */
export const readSetUp = async (flags: Flags, io: Io, secretKeys?: readonly SettingKey[]): Promise<SetUp> => {
  const isSimulated = flags['simulate'] === true
  // A simulation has no use for the key: nobody need unlock anything for it.
  const wanted = isSimulated ? (secretKeys ?? ['clientToken']).filter((key) => key !== 'apiKey') : secretKeys
  const chosen = await readModels(flags, io, wanted)
  if (!isSimulated) checkEncryption(chosen.loaded)
  return { ...chosen, isSimulated }
}

const assignments = ({ platform }: Machine): string[] =>
  platform === 'win32'
    ? ["$env:NEXUS_API_KEY = '...'   (PowerShell)", 'set "NEXUS_API_KEY=..."      (cmd)']
    : ['export NEXUS_API_KEY=...']

/** One for each line, the safest first. */
export const waysToGiveAKey = (machine: Machine): string =>
  [
    `${productName} config set apiKey   (asks for it, and keeps it)`,
    ...assignments(machine),
    '--api-key ...   (others on this machine can see it)',
  ]
    .map((way) => `  ${way}\n`)
    .join('')

/** Commands that serve, and do without a key with --simulate. */
export type ServingCommand = 'start' | 'claude'

/** The ways to give one, for people. */
export const missingKey = (machine: Machine, command: ServingCommand = 'start'): string =>
  `No AI Nexus key. Give one in one of these ways, the safest first:
${waysToGiveAKey(machine)}Or try it without a key: ${productName} ${command} --simulate`

/** Throws UsageError where there is none. */
export const requireKey = ({ loaded, isSimulated }: SetUp, { machine }: Io, command?: ServingCommand): Secret => {
  if (isSimulated) return new Secret('simulated')
  const { apiKey } = loaded.config
  if (apiKey === undefined) throw new UsageError(missingKey(machine, command))
  return apiKey
}

const saferLocations = 'a variable or a file is safer'

/** What a user should know before the first request. */
export const warningsOf = ({ loaded, isSimulated }: SetUp): string[] => {
  const { config, sources, exposed, warnings: fromFiles } = loaded
  const visible = [...sources].filter(([key, source]) => isSecretKey(key) && source.startsWith('--'))
  const unencrypted = unencryptedHost(config)
  const isOpen = !isLoopbackHost(config.host) && config.clientToken === undefined
  return [
    ...fromFiles,
    ...exposed.map((path) => `${exposedWords(path)}: ${closingCommand(path)}`),
    ...visible.map(
      ([, flag]) => `others on this machine can read ${flag} in the list of processes: ${saferLocations}.`,
    ),
    ...unusedSecrets(loaded)
      .filter(({ key }) => !isSimulated || key !== 'apiKey')
      .map((unused) => `${unusedWords(unused)} ${unusedRemedy(unused)}`),
    ...(isOpen
      ? [`${config.host} can be reached by others, and without --client-token anyone who reaches it spends your key.`]
      : []),
    ...(unencrypted === undefined ? [] : [`the key goes to ${unencrypted} unencrypted.`]),
  ]
}
