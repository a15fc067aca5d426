import { existsSync } from 'node:fs'
import type { App } from '../app.ts'
import type { Logger } from '../base/logger.ts'
import type { Secret } from '../base/secret.ts'
import type { Config } from '../config/load.ts'
import { capabilitiesPath, type Machine, settingPath } from '../config/paths.ts'
import type { HelperReference } from '../config/sources.ts'
import type { TokenStatistics } from '../gateway/observers/token-statistics.ts'
import { composeApp, composeHistory, composeOtel, composeSearchCommand, type ServerOptions } from './compose.ts'
import { credentialSources } from './credentials/credential-sources.ts'
import { upstreamKey } from './credentials/upstream-key.ts'
import type { Ending, ListenAddress } from './server-lifecycle.ts'
import { proxyOnTheWay } from './system/proxy.ts'
import { readSetupFolder } from './system/setup-folder.ts'
import type { Io } from './terminal/io.ts'

/** All that a process must know to serve: the same for each worker of one server. */
export interface ServingPlan {
  readonly config: Config
  readonly defaultModelId: string
  /** Of the upstream, or of the simulator. */
  readonly endpointUrl: string
  readonly apiKey: Secret | undefined
  /** The program that printed the key. */
  readonly keyHelper: HelperReference | undefined
  readonly isSimulated: boolean
  /** With the variables of --env-file. */
  readonly environment: Machine['environment']
  /** Absent for a server without HTTPS. */
  readonly certificate: ServedCertificate | undefined
}

interface ServedCertificate {
  /** PEM texts. */
  readonly pem: string
  readonly key: string
  readonly expires: Date
}

/** A server that runs. */
export interface RunningServer {
  readonly port: number
  readonly tokenStatistics: TokenStatistics
  readonly ending: Ending
  /** Ends all running requests; each is logged. */
  readonly stop: () => Promise<void>
  /** Resolves if no process is left that serves; absent for a server of one process. */
  readonly isLost?: Promise<void>
}

export interface ServeInProcessOptions {
  readonly log: Logger
  /** Sees each request before it is answered. */
  readonly onRequest?: (request: Request) => void
  readonly clients: ServerOptions['clients']
  /** Absent unless clients can sign in. */
  readonly signIn?: ServerOptions['signIn'] | undefined
  readonly address: ListenAddress
}

/** What differs between the processes of one server. */
type Own = Omit<
  ServerOptions,
  keyof ServingPlan | 'history' | 'searchCommand' | 'proxy' | 'readSetupFile' | 'tlsExpires' | 'log'
>

/** Bun reads its connection limit from this variable when it starts. */
const maximumConnections = ({ machine: { environment } }: Io): { maximumConnections?: number } => {
  const limit = Number(environment['BUN_CONFIG_MAX_HTTP_REQUESTS'])
  return Number.isInteger(limit) && limit > 0 ? { maximumConnections: limit } : {}
}

/** What models of this endpoint have refused, if `doctor --matrix --learn` has kept it (MX-D8). */
const learnedOf = async (
  { config, endpointUrl, isSimulated }: ServingPlan,
  log: Logger,
  machine: Machine,
): Promise<Pick<ServerOptions, 'learned'>> => {
  if (config.upstream !== 'nexus' || isSimulated || !existsSync(capabilitiesPath(machine))) return {}
  const { readCapabilities } = await import('./capabilities/capabilities-file.ts')
  const { refusals, fault } = readCapabilities(machine, endpointUrl, Date.now())
  if (fault !== undefined) log.warn('capabilities.unreadable', { reason: fault })
  if (refusals.length > 0) log.info('capabilities.learned', { parts: refusals.length })
  return { learned: refusals }
}

/** Creates the app of one process. */
export const createServerApp = async (plan: ServingPlan, own: Own, log: Logger, io: Io): Promise<App> => {
  const { config, apiKey, isSimulated, endpointUrl, environment } = plan
  const { clientSetupDir } = config.anthropic
  const machine = { ...io.machine, environment }
  const history = await composeHistory(config, log, machine)
  const otel = await composeOtel(config, environment)
  const searchCommand = await composeSearchCommand(config, machine)
  return composeApp({
    config,
    defaultModelId: plan.defaultModelId,
    endpointUrl,
    apiKey: isSimulated || apiKey === undefined ? apiKey : upstreamKey(plan, apiKey, log, io),
    log,
    ...(history && { history }),
    proxy: proxyOnTheWay(io.machine.environment, endpointUrl),
    ...(clientSetupDir !== undefined && { readSetupFile: readSetupFolder(settingPath(io.machine, clientSetupDir)) }),
    // A simulated upstream gets no real credential.
    ...(!isSimulated && { credentialSources: await credentialSources(config, log, machine) }),
    tlsExpires: plan.certificate?.expires,
    ...(searchCommand && { searchCommand }),
    ...(await learnedOf(plan, log, machine)),
    ...maximumConnections(io),
    ...io.times,
    ...otel,
    ...own,
    reports: [...(otel.reports ?? []), ...(own.reports ?? [])],
  })
}
