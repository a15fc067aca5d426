import { isLoopbackHost } from '../base/loopback.ts'
import { didYouMean } from '../base/nearest.ts'
import { Secret } from '../base/secret.ts'
import { UsageError } from '../base/usage-error.ts'
import type { Config } from '../config/load.ts'
import { type Machine, userConfigPath } from '../config/paths.ts'
import { type SettingKey, settings } from '../config/settings.ts'
import {
  clientSpelling,
  createModelResolver,
  type ModelResolver,
  nexusModels,
  type ResolvedModel,
} from '../gateway/models.ts'
import { listen } from '../server/listen.ts'
import { createShutdown } from '../server/shutdown.ts'
import { type Simulator, startSimulator } from '../simulator/server.ts'
import { productName, version } from '../version.ts'
import { type Flags, textFlag } from './arguments.ts'
import { composeApp, composeLog } from './compose.ts'
import { type CommandConfig, readConfig } from './config-input.ts'
import { describeConfig } from './describe-config.ts'
import type { Io } from './io.ts'
import { claudeCodeEnvironment, localUrl } from './launch.ts'
import { checkLogFile } from './log-sink.ts'
import { processName } from './process-name.ts'
import { proxyOnTheWay } from './proxy.ts'
import { endingSignals, listenOrExplain, surviveFaults, untilStopped } from './server-lifecycle.ts'
import { detectShell, launchLine, parseShell, type Shell } from './shells.ts'

const missingKey = (machine: Machine): string => {
  const assignment = machine.platform === 'win32' ? "$env:NEXUS_API_KEY = '...'" : 'export NEXUS_API_KEY=...'
  return `No AI Nexus key. Give one in one of these ways, the safest first:
  { "apiKey": "..." } in ${userConfigPath(machine)}
  ${assignment}
  --api-key ...   (others on this machine can see it)
Or try it without a key: ${productName} start --simulate`
}

/** `where` names the place for people. */
const findModel = ({ find, spellings }: ModelResolver, name: string, where: string): ResolvedModel => {
  const found = find(name)
  if (found !== undefined) return found
  throw new UsageError(`${where} '${name}' is not known.${didYouMean(name, spellings)} Known: ${spellings.join(', ')}.`)
}

/** A setting as the user gave it: a flag or a variable by its name, a file by key and path. */
const placeOf = (key: SettingKey, { sources }: CommandConfig): string => {
  const source = sources.get(key) ?? 'default'
  return source.includes('/') || source.includes('\\') ? `${key} in ${source}` : source
}

const requireKey = (config: Config, isSimulated: boolean, machine: Machine): Secret => {
  if (isSimulated) return new Secret('simulated')
  if (config.apiKey === undefined) throw new UsageError(missingKey(machine))
  return config.apiKey
}

/** Undefined where no launch command was asked for. Throws UsageError for a shell that we cannot write. */
const shellFor = (flags: Flags, { platform, environment }: Machine): Shell | undefined => {
  const named = textFlag(flags, 'shell')
  const shell = named === undefined ? undefined : parseShell(named)
  if (flags['claude-code'] !== true) return undefined
  return shell ?? detectShell({ platform, environment, parent: processName(process.ppid) })
}

/** Bun reads its limit for connections from this variable, at its start. */
const maximumConnections = ({ environment }: Machine): { maximumConnections?: number } => {
  const limit = Number(environment['BUN_CONFIG_MAX_HTTP_REQUESTS'])
  return Number.isInteger(limit) && limit > 0 ? { maximumConnections: limit } : {}
}

const unknownPort = 'Which port --port 0 gives is known only when the server runs. Name one, or leave out --dry-run.'

const isSecret = (key: SettingKey): boolean => settings.find((setting) => setting.key === key)?.type.kind === 'secret'
const saferPlaces = 'a variable or a file is safer'

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

/** What a user should know before the first request. */
const warnings = ({ config, sources, warnings: fromFiles }: CommandConfig): string[] => {
  const visible = [...sources].filter(([key, source]) => isSecret(key) && source.startsWith('--'))
  const unencrypted = unencryptedHost(config)
  const isOpen = !isLoopbackHost(config.host) && config.clientToken === undefined
  return [
    ...fromFiles,
    ...visible.map(([, flag]) => `others on this machine can read ${flag} in the list of processes: ${saferPlaces}.`),
    ...(isOpen
      ? [`${config.host} can be reached by others, and without --client-token anyone who reaches it spends your key.`]
      : []),
    ...(unencrypted === undefined ? [] : [`the key goes to ${unencrypted} unencrypted.`]),
  ]
}

const banner = (models: ModelResolver, model: ResolvedModel, url: string, upstream: string): string =>
  `${productName} ${version}
  Address   ${url}
  Upstream  ${upstream}
  Models    ${models.spellings.join(', ')} (${clientSpelling(model.model.id)} by default)
`

/** `nexus-claude-api start`. Rejects with UsageError; resolves when the server was told to end. */
export const runStart = async (flags: Flags, io: Io): Promise<void> => {
  const loaded = readConfig(flags, io.machine)
  const { config } = loaded
  // Without a default: `default` cannot stand for itself here.
  const models = createModelResolver(nexusModels, '')
  const model = findModel(models, config.model, placeOf('model', loaded))
  const smallModel = findModel(models, config.smallModel, placeOf('smallModel', loaded))
  const isSimulated = flags['simulate'] === true
  if (!isSimulated) checkEncryption(loaded)
  const apiKey = requireKey(config, isSimulated, io.machine)
  const shell = shellFor(flags, io.machine)
  const printLaunch = (port: number): void => {
    if (shell === undefined) return
    const environment = claudeCodeEnvironment({
      config,
      models,
      model,
      smallModel,
      port,
      environment: loaded.environment,
    })
    io.out(`${launchLine(shell, environment, 'claude')}\n`)
  }

  for (const warning of warnings(loaded)) io.err(`warning: ${warning}\n`)
  if (flags['dry-run'] === true) {
    checkLogFile(config.logFile)
    if (shell !== undefined && config.port === 0) throw new UsageError(unknownPort)
    io.err(describeConfig(loaded, io.machine, isSimulated))
    printLaunch(config.port)
    return
  }
  const log = composeLog(config, { color: io.useColor, write: io.err })
  const simulator: Simulator | undefined = isSimulated ? startSimulator() : undefined
  const endpointUrl = simulator?.url ?? config.endpointUrl
  const shutdown = createShutdown()
  const app = composeApp({
    config,
    defaultModelId: model.model.id,
    endpointUrl,
    apiKey,
    log,
    proxy: proxyOnTheWay(io.machine.environment, endpointUrl),
    shutdown,
    ...maximumConnections(io.machine),
    ...io.times,
  })
  const place = { hostname: config.host, port: config.port }
  const listener = await listenOrExplain(() => listen({ ...place, fetch: app.fetch }), place, io.machine.platform)

  surviveFaults(log)
  const upstream = isSimulated ? 'an embedded simulation of AI Nexus (no key needed)' : endpointUrl
  io.err(banner(models, model, localUrl(config.host, listener.port), upstream))
  if (shell !== undefined) io.err('  Start Claude Code with:\n')
  printLaunch(listener.port)
  // Not `shutdown.running`: an answer runs until its last byte has left, and counts of tokens run, too.
  const { running, stop } = listener
  await untilStopped({ ...shutdown, running, stop }, io.err, endingSignals(io.isTerminal), io.times)
  await simulator?.stop()
}
