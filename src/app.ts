import { randomId } from './base/ids.ts'
import type { Config } from './config/load.ts'
import { createGateway } from './gateway/gateway.ts'
import { accessLogObservers } from './gateway/observers/access-log.ts'
import type { RequestObserver } from './gateway/request-record.ts'
import { createRequestRecords } from './gateway/running-requests.ts'
import { withSafeguards } from './gateway/safeguards/with-safeguards.ts'
import type { ModelCatalog } from './models/model.ts'
import { createModelResolver } from './models/resolver.ts'
import { createShutdown, type Shutdown } from './server/http/shutdown.ts'
import { createServer, type ServerOptions } from './server/server.ts'
import { createTokenCounter } from './tokens/counter/token-counter.ts'
import type { UpstreamDependencies } from './upstreams/definition.ts'
import { createUpstream, modelsOf } from './upstreams/registry.ts'

/**
 * The composition root: a configuration and what the platform gives become a handler of requests. It runs wherever
 * `fetch`, `Request` and timers are: no process, no files, nothing of Bun's own.
 */

export interface AppDependencies
  extends Omit<UpstreamDependencies, 'config' | 'random' | 'newId' | 'now'>,
    Pick<ServerOptions, 'pid' | 'uptime' | 'pingMs' | 'commitMs'> {
  /** For names that say no more than `claude`. */
  readonly defaultModelId: string
  /** For tests; the upstream's own otherwise. */
  readonly catalog?: ModelCatalog
  readonly shutdown?: Shutdown
  /** Next to the access log. */
  readonly observers?: readonly RequestObserver[]
  /** Does the work when nothing else is to be done. */
  readonly defer: (work: () => void) => void
}

export interface App {
  readonly fetch: (request: Request) => Response | Promise<Response>
  /** Reports the requests that still run, when the server has ended by force. */
  readonly close: () => void
}

const now = (): number => performance.now()

/** Everything between a client's request and the upstream, ready to be served. */
export const createApp = (config: Config, dependencies: AppDependencies): App => {
  const { log, defer, observers = [], shutdown = createShutdown(), pid, uptime, pingMs, commitMs } = dependencies
  const models = createModelResolver(dependencies.catalog ?? modelsOf(config.upstream), dependencies.defaultModelId)
  const plain = createUpstream({ ...dependencies, config, random: Math.random, newId: randomId, now })
  // Checks auto mode's actions, where the server is to do that.
  const upstream =
    config.translation.safeguards === 'answer'
      ? withSafeguards(plain, { modelId: models.resolve(config.smallModel).model.id, log, now })
      : plain
  const counting = config.countTokens === 'auto' ? upstream : undefined
  return createServer({
    gateway: createGateway({
      models,
      upstream,
      tokens: createTokenCounter({ upstream: counting, log, now, defer }),
      log,
    }),
    records: createRequestRecords({
      observers: [...accessLogObservers(log), ...observers],
      log,
      now,
      date: Date.now,
    }),
    host: config.host,
    clientToken: config.clientToken,
    newId: randomId,
    log,
    shutdown,
    pid,
    uptime,
    ...(pingMs !== undefined && { pingMs }),
    ...(commitMs !== undefined && { commitMs }),
  })
}
