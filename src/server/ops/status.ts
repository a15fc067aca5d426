import { Type } from '@sinclair/typebox'
import type { Context, Elysia } from 'elysia'
import type { Limits } from '../../gateway/policy/limits.ts'
import type { OtherProcesses } from '../../gateway/process-work.ts'
import type { SharedState } from '../../state/shared-state.ts'
import type { Degradation, Upstream } from '../../upstreams/upstream.ts'
import type { CacheCounts } from '../../usage/cache/cache-use.ts'
import type { UsageStoreState } from '../../usage/usage-store.ts'
import { productName, version } from '../../version.ts'
import type { ReadJson } from '../http/body.ts'
import { jsonBody } from '../http/json-body.ts'
import { methodNotAllowed } from '../http/method-not-allowed.ts'
import { toRouteSchema } from '../http/route-schema.ts'
import { comeAgainSeconds, type Shutdown } from '../http/shutdown.ts'

interface SharedStateStatus extends Pick<SharedState, 'kind' | 'isUp'> {
  /** Whether the server refuses requests while the state does not answer. */
  readonly isRequired: boolean
}

interface CacheStatus extends CacheCounts {
  /** Sessions that the audit had no room for. */
  readonly droppedSessions: number
}

export interface StatusOptions {
  readonly upstream: Pick<Upstream, 'name' | 'address' | 'status'>
  /** Parts that requests leave out, because the upstream refuses them. */
  readonly degraded: () => readonly Degradation[]
  /** Id of the server's process; absent where the platform has none. */
  readonly pid?: number | undefined
  /** Seconds since the start. */
  readonly uptime: () => number
  readonly shutdown: Pick<Shutdown, 'isDraining' | 'running'>
  /** Requests that have a place upstream, and requests that wait for one; absent without limits. */
  readonly limits?: Pick<Limits, 'counts'> | undefined
  /** What servers share; absent if each has its own memory. */
  readonly state?: SharedStateStatus | undefined
  /** What the other processes of this server do; absent if there are none. */
  readonly others?: Pick<OtherProcesses, 'work'> | undefined
  /** Absent without a history. */
  readonly historyState?: (() => UsageStoreState) | undefined
  /** What the prompt cache did since the start; absent without its audit. */
  readonly cacheCounts?: (() => CacheStatus) | undefined
  /** When the server's certificate expires; absent without HTTPS. */
  readonly tlsExpires?: Date | undefined
  readonly readJson: ReadJson
  /** Whether the server also serves OpenAI's API. */
  readonly hasOpenAi: boolean
}

const endpointsOf = ({ hasOpenAi }: StatusOptions): readonly string[] => [
  'POST /v1/messages',
  'POST /v1/messages/count_tokens',
  ...(hasOpenAi ? ['POST /v1/responses', 'POST /v1/chat/completions'] : []),
  'GET /v1/models',
  'GET /v1/models/{id}',
  'GET /health',
  'GET /ready',
  'GET /test-connection',
  'GET /token-stats',
]

/** Each has two names. Also answered during the shutdown: probes must see it. */
const healthPaths = ['/health', '/healthz'] as const
const readyPaths = ['/ready', '/readyz'] as const
const probePaths: ReadonlySet<string> = new Set([...healthPaths, ...readyPaths])

export const isProbe = (url: string): boolean => probePaths.has(URL.parse(url)?.pathname ?? '')

const unavailableStatus = 503

type ReadinessOptions = Pick<StatusOptions, 'shutdown' | 'state'>

/** Why the server refuses requests; undefined if it accepts them. */
const refusalOf = ({ shutdown, state }: ReadinessOptions): 'draining' | 'state unavailable' | undefined => {
  if (shutdown.isDraining()) return 'draining'
  return state?.isRequired === true && !state.isUp() ? 'state unavailable' : undefined
}

/** Whether the server accepts requests. Independent of the upstream: its outage must not remove every replica. */
const readiness = (options: ReadinessOptions, set: Context['set']): { readonly status: string } => {
  const refusal = refusalOf(options)
  if (refusal === undefined) return { status: 'ready' }
  set.status = unavailableStatus
  set.headers['retry-after'] = String(comeAgainSeconds)
  return { status: refusal }
}

/** Calls of models that run, and that wait for a place. */
export const requestCounts = ({ shutdown, limits, others }: Pick<StatusOptions, 'shutdown' | 'limits' | 'others'>) => {
  const { queued } = limits?.counts() ?? { queued: 0 }
  const { active, queued: queuedElsewhere } = others?.work() ?? { active: 0, queued: 0 }
  return { active: shutdown.running() - queued + active, queued: queued + queuedElsewhere }
}

/** The work of this server (OP-K1). */
const activity = (options: StatusOptions) => {
  const { shutdown, state, historyState, cacheCounts, tlsExpires } = options
  return {
    draining: shutdown.isDraining(),
    ...requestCounts(options),
    state: state?.kind ?? 'memory',
    ...(state !== undefined && { stateUp: state.isUp() }),
    history: historyState?.() ?? 'off',
    ...(cacheCounts !== undefined && { cache: cacheCounts() }),
    ...(tlsExpires !== undefined && { tls: { expires: tlsExpires.toISOString() } }),
  }
}

const anyJson = toRouteSchema(Type.Unknown())

/** Routes for probes and first checks. No response contains a secret. */
export const statusRoutes = (options: StatusOptions) => (app: Elysia) => {
  const { degraded, pid, uptime, readJson } = options
  const { name, address, status } = options.upstream
  const endpoints = endpointsOf(options)
  const upstream = { name, ...status?.upstream, address }
  const health = () => ({
    status: 'healthy',
    service: productName,
    version,
    pid,
    timestamp: new Date().toISOString(),
    uptime: Math.round(uptime()),
    ...activity(options),
    upstream,
    degraded: degraded(),
    ...status?.health?.(),
  })
  for (const path of healthPaths) app.get(path, health).all(path, methodNotAllowed('GET', 'HEAD'))
  for (const path of readyPaths) {
    app.get(path, ({ set }) => readiness(options, set)).all(path, methodNotAllowed('GET', 'HEAD'))
  }
  return (
    app
      .get('/', () => ({ status: 'ok', name: productName, version, upstream, endpoints, ...status?.root() }))
      // Claude Code's probes and its own telemetry, which is not forwarded.
      .get('/api/hello', () => ({ status: 'ok' }))
      .post('/api/event_logging/batch', () => ({}), jsonBody(readJson, anyJson))
      .all('/', methodNotAllowed('GET', 'HEAD'))
      .all('/api/hello', methodNotAllowed('GET', 'HEAD'))
      .all('/api/event_logging/batch', methodNotAllowed('POST'))
  )
}
