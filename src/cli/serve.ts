import type { Secret } from '../base/secret.ts'
import { otelOf } from '../config/otel.ts'
import { checkServerSettings } from '../config/server-settings.ts'
import { listen } from '../runtime/bun.ts'
import { createShutdown } from '../server/http/shutdown.ts'
import { composeCacheUse, type ServerOptions } from './compose.ts'
import { checkUpstreamAddress, type SetUp } from './config/set-up.ts'
import { openClientsFile } from './named-clients/open-clients-file.ts'
import { createServerApp, type RunningServer, type ServeInProcessOptions, type ServingPlan } from './server-app.ts'
import { type ListenAddress, listenOrExplain, surviveFaults, tryToListen } from './server-lifecycle.ts'
import type { OpenedSignIn, OpenSignInOptions } from './sign-in/compose-sign-in.ts'
import { startSimulatorFor } from './simulator.ts'
import { openState } from './state/open-state.ts'
import type { Io } from './terminal/io.ts'
import { watchCertificate } from './tls/certificate-check.ts'
import { certifiedHost } from './tls/certified-host.ts'
import { readServerCertificate, type ServerCertificate } from './tls/server-certificate.ts'

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
  /** Processes that share the port; by default, this process serves alone. */
  readonly workers?: number
  /** Sees each request before it is answered. Only without workers. */
  readonly onRequest?: (request: Request) => void
  /** Whether clients can sign in, if the configuration says so. Only without workers. */
  readonly takesSignIn?: boolean
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

/** All that a process must know to serve. */
const planOf = (
  { model, connection, isSimulated, loaded }: SetUp,
  { config, apiKey }: Pick<ServeOptions, 'config' | 'apiKey'>,
  simulatorUrl: string | undefined,
  certificate: ServerCertificate | undefined,
): ServingPlan => ({
  config,
  defaultModelId: model.model.id,
  endpointUrl: simulatorUrl ?? connection.url,
  apiKey,
  keyHelper: loaded.keyHelper,
  isSimulated,
  environment: loaded.environment,
  certificate: certificate && { pem: certificate.pem, key: certificate.key, expires: certificate.leaf.validToDate },
})

const serveHere = async (
  plan: ServingPlan,
  { clients, address, log, onRequest, signIn }: ServeInProcessOptions,
  io: Io,
): Promise<RunningServer> => {
  const shutdown = createShutdown()
  const state = await openState(plan.config, log, io)
  const shared = { ...(state && { state }), ...(signIn && { signIn }) }
  const own = { shutdown, clients, ...shared, ...(await composeCacheUse(plan.config)) }
  const app = await createServerApp(plan, own, log, io)
  const answer: typeof app.fetch = (request, peer) => {
    onRequest?.(request)
    return app.fetch(request, peer)
  }
  const tls = plan.certificate && { cert: plan.certificate.pem, key: plan.certificate.key }
  const listener = await listenOrExplain(() => listen({ ...address, tls, fetch: answer }), address)
  surviveFaults(log)
  // Not `shutdown.running`: a response runs until its last byte is sent, and token counts run, too.
  const { port, running, stop } = listener
  return {
    port,
    tokenStatistics: app.tokenStatistics,
    ending: { ...shutdown, running, stop },
    async stop() {
      await stop(true)
      await app.close()
      await state?.end()
    },
  }
}

/** Undefined unless the configuration wants it. Loaded only for it. Rejects with UsageError. */
const openSignInOf = async (options: OpenSignInOptions): Promise<OpenedSignIn | undefined> => {
  if (!options.config.signIn.enabled) return undefined
  const { openSignIn } = await import('./sign-in/compose-sign-in.ts')
  return openSignIn(options)
}

/** Starts the server and, with --simulate, the simulated AI Nexus. Rejects with UsageError. */
export const serve = async (setUp: SetUp, options: ServeOptions, io: Io) => {
  const { config, log, workers = 1, takesSignIn = false } = options
  const certificate = await checkServing(setUp, config, io)
  const clients = await openClientsFile(config, log, io.machine)
  const simulator = setUp.isSimulated ? await startSimulatorFor(config) : undefined
  const plan = planOf(setUp, options, simulator?.url, certificate)
  const host = certificate === undefined ? config.host : certifiedHost(certificate, config.host)
  const wanted = { config, host, clients, log, machine: io.machine, environment: plan.environment }
  const signIn = takesSignIn ? await openSignInOf(wanted) : undefined
  const own = { ...options, clients, address: addressOf(setUp.loaded, config), signIn: signIn?.facts }
  // Loaded only for them.
  const { serveWithWorkers } = workers > 1 ? await import('./workers/serve-with-workers.ts') : {}
  const server = await (serveWithWorkers?.(plan, { ...own, workers }, io) ?? serveHere(plan, own, io)).catch(
    async (error) => {
      await signIn?.close()
      throw error
    },
  )
  await signIn?.publish()
  const unwatch = certificate && watchCertificate(certificate, log)
  return {
    ...server,
    /** The name of the server for clients on this machine. */
    host,
    /** Absent unless clients can sign in. */
    signIn: signIn?.facts.signIn,
    async stop(): Promise<void> {
      unwatch?.()
      await server.stop()
      await signIn?.close()
      await simulator?.stop()
    },
  }
}
