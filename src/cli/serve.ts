import type { Secret } from '../base/secret.ts'
import { otelOf } from '../config/otel.ts'
import { settingPath } from '../config/paths.ts'
import { checkServerSettings } from '../config/server-settings.ts'
import { listen } from '../runtime/bun.ts'
import { createShutdown } from '../server/http/shutdown.ts'
import { composeApp, composeHistory, composeOtel, type ServerOptions } from './compose.ts'
import { checkUpstreamAddress, type SetUp } from './config/set-up.ts'
import { credentialSources } from './credentials/credential-sources.ts'
import { upstreamKey } from './credentials/upstream-key.ts'
import { openClientsFile } from './named-clients/open-clients-file.ts'
import { type Ending, type ListenAddress, listenOrExplain, surviveFaults, tryToListen } from './server-lifecycle.ts'
import { startSimulatorFor } from './simulator.ts'
import { openState } from './state/open-state.ts'
import { proxyOnTheWay } from './system/proxy.ts'
import { readSetupFolder } from './system/setup-folder.ts'
import type { Io } from './terminal/io.ts'
import { watchCertificate } from './tls/certificate-check.ts'
import { certifiedHost } from './tls/certified-host.ts'
import { readServerCertificate, type ServerCertificate } from './tls/server-certificate.ts'

/** Bun reads its connection limit from this variable when it starts. */
const maximumConnections = ({ machine: { environment } }: Io): { maximumConnections?: number } => {
  const limit = Number(environment['BUN_CONFIG_MAX_HTTP_REQUESTS'])
  return Number.isInteger(limit) && limit > 0 ? { maximumConnections: limit } : {}
}

const addressOf = ({ sources }: SetUp['loaded'], { host: hostname, port }: ServerOptions['config']): ListenAddress => {
  const source = sources.get('host')
  return { hostname, port, source: source === 'default' ? undefined : source }
}

/**
 * Checks that the port is free before the program prompts for a key. Rejects with UsageError.
 */
export const checkAddress = async ({ loaded, connection, isSimulated }: SetUp, io: Io): Promise<void> => {
  const address = addressOf(loaded, loaded.config)
  const isAsked =
    io.prompts !== undefined && connection.apiKey === undefined && !connection.isKeyOptional && !isSimulated
  if (!isAsked || address.port === 0) return
  const probe = await listenOrExplain(() => tryToListen(address), address)
  await probe.stop(true)
}

interface ServeOptions extends Pick<ServerOptions, 'config' | 'log'> {
  readonly apiKey: Secret | undefined
  /** Sees each request before it is answered. */
  readonly onRequest?: (request: Request) => void
}

/** Checks what only the server needs. Rejects with UsageError. */
export const checkServing = async (
  setUp: SetUp,
  config: ServeOptions['config'],
  { machine }: Io,
): Promise<ServerCertificate | undefined> => {
  checkServerSettings(config)
  otelOf(config, setUp.loaded.environment)
  checkUpstreamAddress(setUp, config)
  return readServerCertificate(config, machine)
}

/** The listener's settings for a server with a certificate. */
const tlsOf = (certificate: ServerCertificate | undefined) =>
  certificate && { cert: certificate.pem, key: certificate.key }

/** Starts the server and, with --simulate, the simulated AI Nexus. Rejects with UsageError. */
export const serve = async (setUp: SetUp, { config, apiKey, log, onRequest }: ServeOptions, io: Io) => {
  const { model, connection, isSimulated, loaded } = setUp
  const certificate = await checkServing(setUp, config, io)
  const clients = await openClientsFile(config, log, io.machine)
  const simulator = isSimulated ? await startSimulatorFor(config) : undefined
  const endpointUrl = simulator?.url ?? connection.url
  const shutdown = createShutdown()
  const { clientSetupDir } = config.anthropic
  // With the variables of --env-file.
  const machine = { ...io.machine, environment: loaded.environment }
  const history = await composeHistory(config, log, machine)
  const state = await openState(config, log, io)
  const app = composeApp({
    config,
    defaultModelId: model.model.id,
    endpointUrl,
    apiKey: isSimulated || apiKey === undefined ? apiKey : upstreamKey(loaded, apiKey, log, io),
    log,
    ...(history && { history }),
    ...(state && { state }),
    ...(await composeOtel(config, machine.environment)),
    proxy: proxyOnTheWay(io.machine.environment, endpointUrl),
    shutdown,
    clients,
    ...(clientSetupDir !== undefined && { readSetupFile: readSetupFolder(settingPath(io.machine, clientSetupDir)) }),
    // A simulated upstream gets no real credential.
    ...(!isSimulated && { credentialSources: await credentialSources(config, log, machine) }),
    tlsExpires: certificate?.leaf.validToDate,
    ...maximumConnections(io),
    ...io.times,
  })
  const address = addressOf(loaded, config)
  const answer: typeof app.fetch = (request, peer) => {
    onRequest?.(request)
    return app.fetch(request, peer)
  }
  const listener = await listenOrExplain(() => listen({ ...address, tls: tlsOf(certificate), fetch: answer }), address)
  surviveFaults(log)
  const unwatch = certificate && watchCertificate(certificate, log)
  // Not `shutdown.running`: a response runs until its last byte is sent, and token counts run, too.
  const { port, running, stop } = listener
  return {
    port,
    /** The name of the server for clients on this machine. */
    host: certificate === undefined ? config.host : certifiedHost(certificate, config.host),
    tokenStatistics: app.tokenStatistics,
    ending: { ...shutdown, running, stop } satisfies Ending,
    /** Ends all running requests; each is logged. */
    async stop(): Promise<void> {
      unwatch?.()
      await stop(true)
      await app.close()
      await state?.end()
      await simulator?.stop()
    },
  }
}
