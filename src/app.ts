import type { AppDependencies } from './app-dependencies.ts'
import { createObserve, figureReportsOf, metricsOf, modelLabelsOf, recordsOf, reportsOf } from './app-observers.ts'
import { withDegradedOf, withLossesOf } from './app-processes.ts'
import { signedInOf } from './app-sign-in.ts'
import { randomId } from './base/ids.ts'
import type { Pause } from './base/json-parts.ts'
import { clientTokensOf, namedTokensOf } from './config/client-tokens.ts'
import { limitsOf } from './config/limits.ts'
import type { Config } from './config/load.ts'
import { networkOf } from './config/network.ts'
import { hasWebSearch, runsWebSearch } from './config/web-search.ts'
import { withDiagnostics } from './gateway/diagnostics/with-diagnostics.ts'
import { createGateway } from './gateway/gateway.ts'
import { createLosses } from './gateway/observers/losses.ts'
import { createTokenStatistics, type TokenStatistics } from './gateway/observers/token-statistics.ts'
import { type Access, createAccess } from './gateway/policy/access.ts'
import { createLimits, type Limits } from './gateway/policy/limits.ts'
import { restoreAccounts } from './gateway/policy/restore-accounts.ts'
import type { ProcessWork } from './gateway/process-work.ts'
import type { RequestRecord } from './gateway/request-record.ts'
import { withSafeguards } from './gateway/safeguards/with-safeguards.ts'
import { withWebSearch } from './gateway/web-search/with-web-search.ts'
import { createModelResolver, type ModelResolver } from './models/resolver.ts'
import { createConfiguredSearch } from './search/configured-search.ts'
import { createShutdown } from './server/http/shutdown.ts'
import { createDashboard } from './server/ops/dashboard/create-dashboard.ts'
import { requestCounts } from './server/ops/status.ts'
import { createServer, type PeerOf, type ServerOptions } from './server/server.ts'
import { createTokenCounter } from './tokens/counter/token-counter.ts'
import { estimateCount } from './tokens/estimate/estimate.ts'
import { openAiNamesOf } from './upstreams/openai-client-names.ts'
import { createUpstream, modelsOf } from './upstreams/registry.ts'
import type { Upstream } from './upstreams/upstream.ts'

/**
 * The composition root: makes a request handler from a configuration and the platform's dependencies. Runs on every
 * platform with `fetch`, `Request` and timers: no process, no files, no Bun API.
 */

export interface App {
  readonly fetch: (request: Request, peer?: PeerOf) => Response | Promise<Response>
  readonly tokenStatistics: TokenStatistics
  /** Adds a request that another process of this server has answered, logged and reported, to the figures. */
  readonly observe: (record: RequestRecord) => void
  /** What this process does now. */
  readonly work: () => ProcessWork
  /**
   * Reports the requests that still run after the server has stopped by force, and sends what waits to be sent: within
   * 2 s.
   */
  readonly close: () => Promise<void>
}

const millisecondsPerSecond = 1000

const now = (): number => performance.now()

/** Lets the other work of the process go on. */
const pauseOf =
  ({ defer }: AppDependencies): Pause =>
  () =>
    new Promise((resolve) => defer(resolve))

/** Web search in front of an upstream without it, if the configuration has a provider. */
const withSearchOf = (upstream: Upstream, config: Config, dependencies: AppDependencies): Upstream => {
  if (!runsWebSearch(config)) return upstream
  const search = createConfiguredSearch(config, { ...dependencies, now })
  if (search === undefined) return upstream
  const { sleep, log } = dependencies
  return withWebSearch(upstream, { search, maxUses: config.search.maxUses, now, sleep, log })
}

/** The upstream, and in front of it what this server answers itself, if it is configured to do that. */
const upstreamOf = (
  config: Config,
  dependencies: AppDependencies,
  access: Access,
  smallModelId: () => string,
): Upstream => {
  const { log, others } = dependencies
  const own = createUpstream({
    ...dependencies,
    config,
    isClientToken: access.isOpen() ? undefined : (token) => access.identify(token) !== undefined,
    estimateTokens: estimateCount,
    pause: pauseOf(dependencies),
    random: Math.random,
    newId: randomId,
    now,
  })
  const plain = withSearchOf(own, config, dependencies)
  const checked =
    config.translation.safeguards === 'answer' ? withSafeguards(plain, { modelId: smallModelId(), log, now }) : plain
  // The native lane forwards the field.
  return withDegradedOf(others, checked.native === undefined ? withDiagnostics(checked) : checked)
}

/** The server's own OpenAI API. */
const openAiOf = (config: Config, models: ModelResolver): ServerOptions['openAi'] => {
  const { enabled, thinkingMemory, responseStore, defaultMaxTokens, autoCache, reasoning } = config.openaiEntrance
  if (!enabled) return undefined
  return {
    names: openAiNamesOf(config, models),
    policy: { defaultMaxTokens, autoCache, reasoning },
    keepsThinking: thinkingMemory,
    storedResponses: responseStore,
    searchesWeb: hasWebSearch(config),
    date: Date.now,
  }
}

/** The names and addresses of the server and its clients. */
const addressesOf = (config: Config) => {
  const { host, trustProxy, logging, dashboard } = config
  const wantsAddress = trustProxy.length > 0 || logging.clientIp || dashboard
  return { host, wantsAddress, loggedClient: logging, ...networkOf(config) }
}

/** What the prompt cache did, in all processes of the server. */
const cacheCountsOf = ({ cacheUse, cacheAudit, others }: AppDependencies): ServerOptions['cacheCounts'] =>
  cacheUse &&
  (() => {
    const dropped = cacheAudit?.counts().dropped ?? 0
    return { ...cacheUse.counts(), droppedSessions: dropped + (others?.work().droppedSessions ?? 0) }
  })

/** What the server gets from the platform. */
const platformOf = ({ pingInterval, state: { onOutage } }: Config, dependencies: AppDependencies) => {
  const {
    pid,
    uptime,
    readSetupFile,
    tlsExpires,
    commitMs,
    history,
    state: shared,
    adapter,
    readTrace,
    others,
    cacheUse,
  } = dependencies
  const { pingMs = pingInterval * millisecondsPerSecond } = dependencies
  const historyState = history?.state
  const state = shared && { kind: shared.kind, isUp: shared.isUp, isRequired: onOutage === 'refuse' }
  const shown = { historyState, cacheUse, cacheCounts: cacheCountsOf(dependencies), tlsExpires, others }
  const own = { pid, uptime, readSetupFile, state, pingMs, adapter, readTrace, pause: pauseOf(dependencies), ...shown }
  const wantsAddress = cacheUse && { wantsAddress: true }
  return { ...own, ...wantsAddress, ...(commitMs !== undefined && { commitMs }) }
}

/** Limits in front of requests; undefined if the configuration has none. */
const createLimitsOf = (config: Config, dependencies: AppDependencies): Limits | undefined => {
  const { log, maximumConnections, history, state, defer, isolatesRequests } = dependencies
  const wanted = limitsOf(config, maximumConnections)
  if (wanted === undefined) return undefined
  const { random } = Math
  const budgets = { ...wanted.budgets, date: Date.now, log }
  const places = { ...wanted.places, now, random, isolatesRequests }
  const shared = state && { state, onOutage: config.state.onOutage }
  const limits = createLimits({ ...wanted, budgets, places, shared, now, random })
  if (history === undefined || !wanted.hasBudgets) return limits
  if (state === undefined) defer(() => void limits.restore(history.spent))
  // Of all workers, only their parent has the history. Redis knows what clients used: each server would add it again.
  else if (state.kind === 'workers') defer(() => void restoreAccounts(history.spent, { ...budgets, add: state.add }))
  return limits
}

/** Who may use the server. */
const accessOf = (config: Config, { clients, signIn }: AppDependencies): Access =>
  createAccess({
    tokens: clientTokensOf(config),
    namedTokens: namedTokensOf(config),
    clients,
    signIn: signIn?.signIn,
    date: Date.now,
  })

/** Creates the handler between clients' requests and the upstream. */
export const createApp = (config: Config, dependencies: AppDependencies): App => {
  const { log, shutdown = createShutdown(), catalog, defaultModelId, history, state, cacheAudit, signIn } = dependencies
  const models = catalog ? createModelResolver(catalog, defaultModelId) : modelsOf(config, defaultModelId)
  // Where names are mapped, the setting says what the family stands for.
  const smallName = models.takesAnyName && !models.keepsNames ? 'haiku' : config.smallModel
  const access = accessOf(config, dependencies)
  const upstream = upstreamOf(config, dependencies, access, () => models.resolve(smallName).model.id)
  const counting = config.countTokens === 'auto' ? upstream : undefined
  const tokens = createTokenCounter({ ...dependencies, upstream: counting, now })
  const tokenStatistics = createTokenStatistics(Date.now)
  const limits = createLimitsOf(config, dependencies)
  const signedIn = signedInOf(config, dependencies, { models, smallName, limits })
  const losses = createLosses({ log, now })
  const observed = { upstream, labels: modelLabelsOf(config, upstream, models), losses }
  const metrics = metricsOf(config, dependencies, { ...observed, losses: withLossesOf(dependencies.others, losses) })
  const figures = figureReportsOf(dependencies, losses, metrics)
  const reports = reportsOf(config, dependencies, observed, figures)
  const page = { ...config, access, shutdown, history, state, now, date: Date.now }
  const dashboard = config.dashboard ? createDashboard(page) : undefined
  const switched = [limits?.observer, ...reports.observers, ...(dashboard?.observers ?? []), ...signedIn.observers]
  const own = [tokenStatistics.observer, ...switched.filter((observer) => observer !== undefined)]
  const server = createServer({
    gateway: createGateway({ models, upstream, tokens, log, cacheAudit }),
    records: recordsOf(config, dependencies, own, observed.labels),
    metrics,
    ...addressesOf(config),
    openAi: openAiOf(config, models),
    features: { webSearch: runsWebSearch(config) },
    access,
    ...(config.cors.origins.length > 0 && { cors: config.cors }),
    testModel: smallName,
    now,
    newId: randomId,
    log,
    shutdown,
    tokenStatistics,
    ...platformOf(config, dependencies),
    slackTargetOf: reports.slackTargetOf,
    ...(limits !== undefined && { limits, wantsAddress: true }),
    dashboard,
    ...signedIn.options,
    ...(signIn && { wantsAddress: true }),
  })
  const close = async (): Promise<void> => {
    server.close()
    await reports.end()
  }
  const shown = [tokenStatistics.observer, ...figures.map((one) => one.observe), ...(dashboard?.observers ?? [])]
  const work = (): ProcessWork => ({
    ...requestCounts({ shutdown, limits }),
    degraded: upstream.degraded?.() ?? [],
    lost: losses.counts(),
    droppedSessions: cacheAudit?.counts().dropped ?? 0,
  })
  return { fetch: server.fetch, tokenStatistics, observe: createObserve(shown, log), work, close }
}
