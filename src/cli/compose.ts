import { setTimeout as resolveAfter } from 'node:timers/promises'
import { randomId } from '../base/ids.ts'
import { createLogger, type Logger } from '../base/logger.ts'
import type { Config } from '../config/load.ts'
import { createGateway } from '../gateway/gateway.ts'
import { accessLogObservers } from '../gateway/observers/access-log.ts'
import { createRequestRecords } from '../gateway/running-requests.ts'
import { withSafeguards } from '../gateway/safeguards/with-safeguards.ts'
import type { ModelCatalog } from '../models/model.ts'
import { createModelResolver, type ModelResolver } from '../models/resolver.ts'
import { createApp } from '../server/app.ts'
import { createShutdown, type Shutdown } from '../server/http/shutdown.ts'
import { createTokenCounter } from '../tokens/counter/token-counter.ts'
import { defaultMaximumConnections, type Fetch } from '../upstreams/http/post.ts'
import { createUpstream, modelsOf } from '../upstreams/registry.ts'
import type { UpstreamKey } from '../upstreams/renewable-key.ts'
import type { Upstream } from '../upstreams/upstream.ts'
import { lookupAddresses } from '../upstreams/url-sources/destination.ts'
import { createUrlSources, type InlineUrlSources } from '../upstreams/url-sources/inline-url-sources.ts'
import { createPinnedGet } from '../upstreams/url-sources/pinned-get.ts'
import { createLogSink } from './log/log-sink.ts'
import type { AfterTurn } from './log/turn.ts'
import type { Io } from './terminal/io.ts'

/** The composition root: the one place where the parts meet the clock, the network and chance. */

const sleep = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  resolveAfter(milliseconds, undefined, { signal })

export interface UpstreamOptions {
  readonly config: Config
  readonly endpointUrl: string
  readonly apiKey: UpstreamKey
  readonly log: Logger
  /** As `BUN_CONFIG_MAX_HTTP_REQUESTS` of the process has it. */
  readonly maximumConnections?: number
  /** Host and port of the proxy that fetch will take, for words. */
  readonly proxy?: string | undefined
  /** Bun's own, unless somebody listens in. */
  readonly fetch?: Fetch
  /** For tests; the product's own otherwise. */
  readonly inlineUrlSources?: InlineUrlSources
}

const now = (): number => performance.now()

/** The upstream that the configuration chooses, with this process's clock, network and chance. */
export const composeUpstream = ({
  maximumConnections = defaultMaximumConnections,
  proxy,
  fetch: ask = fetch as Fetch,
  inlineUrlSources = createUrlSources({ lookup: lookupAddresses, get: createPinnedGet() }),
  ...given
}: UpstreamOptions): Upstream =>
  createUpstream({
    ...given,
    maximumConnections,
    proxy,
    fetch: ask,
    inlineUrlSources,
    random: Math.random,
    sleep,
    newId: randomId,
    now,
  })

export interface ServerOptions extends UpstreamOptions {
  /** For names that say no more than `claude`. */
  readonly defaultModelId: string
  /** For tests; the upstream's own otherwise. */
  readonly catalog?: ModelCatalog
  readonly shutdown?: Shutdown
  /** For tests; the product's own values otherwise. */
  readonly pingMs?: number
  readonly commitMs?: number
}

/** The upstream as the gateway uses it: with a check of auto mode's actions, where the server is to do that. */
const answeringSafeguards = (upstream: Upstream, models: ModelResolver, { config, log }: ServerOptions): Upstream =>
  config.translation.safeguards === 'answer'
    ? withSafeguards(upstream, { modelId: models.resolve(config.smallModel).model.id, log, now })
    : upstream

/** Everything between a client's request and the upstream, ready to be served. */
export const composeApp = (options: ServerOptions) => {
  const { config, defaultModelId, log, pingMs, commitMs, shutdown = createShutdown() } = options
  const models = createModelResolver(options.catalog ?? modelsOf(config.upstream), defaultModelId)
  const upstream = answeringSafeguards(composeUpstream(options), models, options)
  const gateway = createGateway({
    models,
    upstream,
    tokens: createTokenCounter({
      upstream: config.countTokens === 'auto' ? upstream : undefined,
      log,
      now,
      defer: setImmediate,
    }),
    log,
  })
  return createApp({
    gateway,
    records: createRequestRecords({ observers: accessLogObservers(log), log, now, date: Date.now }),
    host: config.host,
    clientToken: config.clientToken,
    newId: randomId,
    log,
    shutdown,
    pid: process.pid,
    uptime: () => process.uptime(),
    ...(pingMs !== undefined && { pingMs }),
    ...(commitMs !== undefined && { commitMs }),
  })
}

/** What is still to be done when the process ends is done then. */
const createAfterTurn = (): AfterTurn => {
  const waiting: (() => void)[] = []
  const run = (): void => {
    for (const task of waiting.splice(0)) task()
  }
  let isAtHand = false
  return (task) => {
    if (!isAtHand) process.on('exit', run)
    isAtHand = true
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
    createLogSink({ format, file, color, write, terminal, now: () => new Date(), afterTurn: createAfterTurn() }),
  )
}
