import type { AppDependencies } from '../../src/app-dependencies.ts'
import { createLogger, type LogRecord, type LogSink } from '../../src/base/logger.ts'
import { Secret } from '../../src/base/secret.ts'
import { composeApp } from '../../src/cli/compose.ts'
import { type Config, loadConfig } from '../../src/config/load.ts'
import type { RequestObserver } from '../../src/gateway/request-record.ts'
import { listen } from '../../src/runtime/bun.ts'
import { createShutdown, type Shutdown } from '../../src/server/http/shutdown.ts'
import type { JournalEntry, Simulator } from '../../src/simulator/exchange.ts'
import type { Scenario } from '../../src/simulator/reply.ts'
import { type SimulatorOptions, startSimulator } from '../../src/simulator/server.ts'
import type { InlineUrlSources } from '../../src/upstreams/url-sources/inline-url-sources.ts'
import type { ClientEntry } from '../../src/wire/clients-file.ts'
import { catalog } from './catalog.ts'
import { afterTest } from './cleanup.ts'

/** The whole product over real sockets: a simulated Nexus, and the server in front of it. */
export interface Chain {
  readonly url: string
  readonly simulator: Simulator & { readonly journal: readonly JournalEntry[] }
  readonly records: readonly LogRecord[]
  readonly shutdown: Shutdown
  /** Sends what waits to be sent to Slack and to a telemetry address. */
  readonly close: () => Promise<void>
  /** Sends JSON to `/v1/messages`, or to another path. */
  post(body: unknown, options?: PostOptions): Promise<Response>
}

interface PostOptions {
  readonly path?: string
  readonly headers?: Record<string, string>
  readonly signal?: AbortSignal
}

export interface ChainOptions {
  readonly scenario?: Scenario
  readonly history?: AppDependencies['history']
  readonly cacheUse?: AppDependencies['cacheUse']
  readonly state?: AppDependencies['state']
  readonly reports?: AppDependencies['reports']
  readonly readTrace?: AppDependencies['readTrace']
  readonly simulator?: SimulatorOptions
  readonly config?: Partial<Config>
  /** Replaces the simulator. */
  readonly endpointUrl?: string
  readonly apiKey?: string
  readonly maximumConnections?: number
  readonly pingMs?: number
  readonly commitMs?: number
  /** Replaces the list of records. */
  readonly sink?: LogSink
  readonly observers?: readonly RequestObserver[]
  readonly cacheAudit?: AppDependencies['cacheAudit']
  readonly distort?: AppDependencies['distort']
  /** Default: leaves URLs unchanged. */
  readonly inlineUrlSources?: InlineUrlSources
  /** The clients of a file. */
  readonly clients?: readonly ClientEntry[]
  readonly signIn?: AppDependencies['signIn']
}

export const defaultConfig: Config = loadConfig({ flags: {}, environment: {}, files: [] }).config

export const startChain = (options: ChainOptions = {}): Chain => {
  const journal: JournalEntry[] = []
  const simulator = startSimulator({
    ...options.simulator,
    ...(options.scenario && { scenario: options.scenario }),
    onRequest: (entry) => journal.push(entry),
  })
  const { clients } = options
  const records: LogRecord[] = []
  const shutdown = createShutdown()
  const config = { ...defaultConfig, maxRetries: 0, ...options.config }
  const app = composeApp({
    config,
    defaultModelId: 'claude-sonnet-4.6',
    ...(options.history && { history: options.history }),
    ...(options.cacheUse && { cacheUse: options.cacheUse }),
    ...(options.state && { state: options.state }),
    ...(options.reports && { reports: options.reports }),
    ...(options.readTrace && { readTrace: options.readTrace }),
    ...(config.upstream === 'nexus' && { catalog }),
    endpointUrl: options.endpointUrl ?? simulator.url,
    apiKey: new Secret(options.apiKey ?? 'test-key'),
    log: createLogger('debug', options.sink ?? ((record) => records.push(record))),
    shutdown,
    inlineUrlSources: options.inlineUrlSources ?? (async (given) => given),
    ...(options.maximumConnections !== undefined && { maximumConnections: options.maximumConnections }),
    ...(clients && { clients: { current: () => clients } }),
    ...(options.signIn && { signIn: options.signIn }),
    ...(options.observers && { observers: options.observers }),
    ...(options.cacheAudit && { cacheAudit: options.cacheAudit }),
    ...(options.distort && { distort: options.distort }),
    ...(options.pingMs !== undefined && { pingMs: options.pingMs }),
    ...(options.commitMs !== undefined && { commitMs: options.commitMs }),
  })
  const listener = listen({ hostname: '127.0.0.1', port: 0, fetch: app.fetch })
  afterTest(() => simulator.stop())
  afterTest(() => listener.stop(true))
  const url = `http://127.0.0.1:${listener.port}`
  return {
    url,
    simulator: { ...simulator, journal },
    records,
    shutdown,
    close: app.close,
    post: (body, { path = '/v1/messages', headers = {}, signal } = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        ...(signal && { signal }),
      }),
  }
}

export const simulate = (options: SimulatorOptions = {}): Simulator => {
  const simulator = startSimulator(options)
  afterTest(() => simulator.stop())
  return simulator
}

/** The smallest valid request, with the members that a test adds. */
export const request = (members: object = {}): Record<string, unknown> => ({
  model: 'claude-sonnet-4-6',
  max_tokens: 1024,
  messages: [{ role: 'user', content: 'Hello' }],
  ...members,
})
