import { setTimeout as resolveAfter } from 'node:timers/promises'
import { type App, createApp } from '../app.ts'
import type { AppDependencies } from '../app-dependencies.ts'
import { randomId } from '../base/ids.ts'
import { createLogger, type Logger } from '../base/logger.ts'
import { auditsCache } from '../config/audits-cache.ts'
import type { Config } from '../config/load.ts'
import { otelOf } from '../config/otel.ts'
import { type Machine, settingPath, usualHistoryPath } from '../config/paths.ts'
import { createCacheAudit } from '../gateway/cache-audit/cache-audit.ts'
import { createReadTrace } from '../gateway/request-trace.ts'
import { createContentHash } from '../runtime/content-hash.ts'
import { createConfiguredSearch } from '../search/configured-search.ts'
import type { Search } from '../search/search-provider.ts'
import { estimateCount } from '../tokens/estimate/estimate.ts'
import type { UpstreamDependencies } from '../upstreams/definition.ts'
import { defaultMaximumConnections, type Fetch } from '../upstreams/http/post.ts'
import { createUpstream } from '../upstreams/registry.ts'
import type { Upstream } from '../upstreams/upstream.ts'
import { createUrlSources } from '../upstreams/url-sources/inline-url-sources.ts'
import { createPinnedGet } from '../upstreams/url-sources/pinned-get.ts'
import { lookupAddresses } from '../upstreams/url-sources/resolve-url.ts'
import type { UsageStore } from '../usage/usage-store.ts'
import type { Defer } from './log/deferred-sink.ts'
import { createLogSink } from './log/log-sink.ts'
import { processFacts } from './system/process-facts.ts'
import type { Io } from './terminal/io.ts'

/** Provides this process's network, timers and log to the app. */

const sleep = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  resolveAfter(milliseconds, undefined, { signal })

/** Falls back to this process's network. */
type Network = Pick<UpstreamDependencies, 'fetch' | 'maximumConnections' | 'proxy' | 'inlineUrlSources'>

const networkOf = ({
  fetch: ask = fetch as Fetch,
  maximumConnections = defaultMaximumConnections,
  proxy,
  inlineUrlSources = createUrlSources({ lookup: lookupAddresses, get: createPinnedGet() }),
}: Partial<Network>): Network => ({ fetch: ask, maximumConnections, proxy, inlineUrlSources })

export interface UpstreamOptions
  extends Pick<UpstreamDependencies, 'config' | 'endpointUrl' | 'apiKey' | 'log' | 'credentialSources' | 'learned'>,
    Partial<Network> {}

/** Creates the upstream of the configuration, with this process's clock, network and randomness. */
export const composeUpstream = (options: UpstreamOptions): Upstream =>
  createUpstream({
    ...options,
    ...networkOf(options),
    estimateTokens: estimateCount,
    random: Math.random,
    sleep,
    newId: randomId,
    now: () => performance.now(),
  })

export interface ServerOptions
  extends UpstreamOptions,
    Pick<
      AppDependencies,
      | 'distort'
      | 'defaultModelId'
      | 'catalog'
      | 'shutdown'
      | 'clients'
      | 'signIn'
      | 'history'
      | 'cacheUse'
      | 'state'
      | 'reports'
      | 'readTrace'
      | 'others'
      | 'processFacts'
      | 'observers'
      | 'searchCommand'
      | 'cacheAudit'
      | 'pingMs'
      | 'commitMs'
      | 'readSetupFile'
      | 'tlsExpires'
    >,
    Partial<Pick<AppDependencies, 'pid'>> {}

/** Creates the audit of the prompt cache, if the configuration wants it. */
const cacheAuditOf = (config: Config, log: Logger): Pick<AppDependencies, 'cacheAudit'> =>
  auditsCache(config)
    ? { cacheAudit: createCacheAudit({ hash: createContentHash(), log, date: Date.now, defer: setImmediate }) }
    : {}

/** Creates the app for this process to serve. */
export const composeApp = ({ config, ...options }: ServerOptions): App =>
  createApp(config, {
    sleep,
    defer: setImmediate,
    pid: process.pid,
    uptime: () => process.uptime(),
    processFacts,
    ...cacheAuditOf(config, options.log),
    ...options,
    ...networkOf(options),
  })

/** Resolves after the other work that waits. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** The history that the configuration wants; undefined without one. */
export const composeHistory = async (
  { history: { enabled, file, days, rollupDays } }: Config,
  log: Logger,
  machine: Machine,
): Promise<UsageStore | undefined> => {
  if (!enabled) return undefined
  const { createHistory } = await import('../usage/history/history.ts')
  return createHistory({
    file: file === undefined ? usualHistoryPath(machine) : settingPath(machine, file),
    days,
    rollupDays,
    log,
    now: () => performance.now(),
    date: Date.now,
    sleep: (milliseconds) => resolveAfter(milliseconds),
    turn,
  })
}

/** Counts what the prompt cache did, if the configuration wants its audit. Only in a process that shows figures. */
export const composeCacheUse = async (config: Config): Promise<Pick<AppDependencies, 'cacheUse'>> => {
  if (!auditsCache(config)) return {}
  const { createCacheUse } = await import('../usage/cache/cache-use.ts')
  return { cacheUse: createCacheUse() }
}

/** What sends traces and metrics; empty if the configuration does not want that. Rejects with UsageError. */
export const composeOtel = async (
  config: Config,
  environment: Machine['environment'],
  { fetch: ask = fetch as Fetch }: Partial<Pick<Network, 'fetch'>> = {},
): Promise<Pick<AppDependencies, 'reports' | 'readTrace'>> => {
  const settings = otelOf(config, environment)
  if (settings === undefined) return {}
  const { createOtelReport } = await import('../gateway/observers/otel/otel-report.ts')
  const now = () => performance.now()
  const platform = { fetch: ask, sleep, random: Math.random, now, instanceId: crypto.randomUUID() }
  return { reports: [createOtelReport(settings, platform)], readTrace: createReadTrace(settings.trace) }
}

/** What runs the program that searches; undefined without one. */
export const composeSearchCommand = async (
  { search }: Config,
  machine: Machine,
): Promise<AppDependencies['searchCommand']> => {
  if (search.provider !== 'command') return undefined
  const { createSearchCommand } = await import('./search/search-command.ts')
  return createSearchCommand(search, machine)
}

/** The web search that the configuration wants, as the server makes it; undefined without one. */
export const composeSearch = async (config: Config, machine: Machine, log: Logger): Promise<Search | undefined> =>
  createConfiguredSearch(config, {
    ...networkOf({}),
    searchCommand: await composeSearchCommand(config, machine),
    now: () => performance.now(),
    log,
  })

/** Runs the remaining tasks when the process ends. */
const createDefer = (): Defer => {
  const waiting: (() => void)[] = []
  const run = (): void => {
    for (const task of waiting.splice(0)) task()
  }
  let isRegistered = false
  return (task) => {
    if (!isRegistered) process.on('exit', run)
    isRegistered = true
    waiting.push(task)
    setImmediate(run)
  }
}

/** Throws UsageError for a log file that cannot be written. */
export const composeLog = ({ logging: { level, format, file } }: Config, io: Io): Logger => {
  const terminal = io.isTerminal ? io : undefined
  const { useColor: color, err: write } = io
  return createLogger(
    level,
    createLogSink({ format, file, color, write, terminal, now: () => new Date(), defer: createDefer() }),
  )
}
