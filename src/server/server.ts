import { Elysia, type ElysiaAdapter } from 'elysia'
import type { NewId } from '../base/ids.ts'
import type { Pause } from '../base/json-parts.ts'
import type { Logger } from '../base/logger.ts'
import type { SlackTargetOf } from '../gateway/observers/slack-target.ts'
import type { Limits } from '../gateway/policy/limits.ts'
import type { ReadTrace } from '../gateway/request-trace.ts'
import type { RequestRecords } from '../gateway/running-requests.ts'
import type { CacheUse } from '../usage/cache/cache-use.ts'
import { carriedInRequest } from '../wire/anthropic/carried.ts'
import { createEntranceOf, createIsOfOpenAi } from './entrance-of.ts'
import { countTokensRoutes } from './entrances/anthropic/count-tokens.ts'
import { type MessagesOptions, messagesRoutes } from './entrances/anthropic/messages.ts'
import type { OwnFeatures } from './entrances/anthropic/model-info.ts'
import { modelsRoutes } from './entrances/anthropic/models.ts'
import { nativeLane } from './entrances/anthropic/native-lane.ts'
import { carriedInOpenAi } from './entrances/openai/carried.ts'
import type { OpenAiRoutesOptions } from './entrances/openai/model-call.ts'
import { openAiModelsRoutes } from './entrances/openai/models.ts'
import { openAiRoutes } from './entrances/openai/routes.ts'
import { createReadJson } from './http/body.ts'
import { type ClientConnectionOptions, createConnectionOf } from './http/client-address.ts'
import { corsHeadersOf } from './http/cors.ts'
import { errorHandler } from './http/errors.ts'
import { type GuardOptions, guard, requireToken } from './http/guard.ts'
import { createKnownDomain } from './http/known-domain.ts'
import { limited } from './http/limited.ts'
import { createReadLoggedClient, type LoggedClientOptions } from './http/logged-client.ts'
import { plainUrl } from './http/plain-url.ts'
import { createScopeOf, requestScope, type ScopeOf } from './http/request-scope.ts'
import { withTimeHeader } from './http/time-header.ts'
import { cacheAuditRoutes } from './ops/cache-audit.ts'
import { clientSetupRoutes, type ReadSetupFile } from './ops/client-setup.ts'
import { type DashboardOptions, dashboardRoutes } from './ops/dashboard/routes.ts'
import { type MetricsRouteOptions, metricsRoutes } from './ops/metrics.ts'
import { isProbe, type StatusOptions, statusRoutes } from './ops/status.ts'
import { type TestConnectionOptions, testConnectionRoutes } from './ops/test-connection.ts'
import { type TokenStatsOptions, tokenStatsRoutes } from './ops/token-stats.ts'
import type { SignInFacts } from './sign-in/facts.ts'
import { type SignedInFacts, signInRoutes } from './sign-in/routes.ts'

export interface ServerOptions
  extends GuardOptions,
    Omit<MessagesOptions, 'pingMs' | 'commitMs' | 'readJson' | 'scopeOf'>,
    Omit<StatusOptions, 'upstream' | 'degraded' | 'readJson' | 'shutdown' | 'hasOpenAi'>,
    Pick<TestConnectionOptions, 'testModel' | 'now'>,
    Pick<TokenStatsOptions, 'tokenStatistics'>,
    Omit<ClientConnectionOptions, 'peerOf'> {
  readonly features: OwnFeatures
  /** Absent if the server does not serve OpenAI's API. */
  readonly openAi?:
    | Pick<OpenAiRoutesOptions, 'names' | 'policy' | 'keepsThinking' | 'storedResponses' | 'searchesWeb' | 'date'>
    | undefined
  /** Absent if the server has no metrics. */
  readonly metrics?: Pick<MetricsRouteOptions, 'scrape' | 'isOpen'> | undefined
  /** Absent unless the prompt cache is audited. */
  readonly cacheUse?: Pick<CacheUse, 'requests'> | undefined
  /** Absent without limits. */
  readonly limits?: Limits | undefined
  /** Absent unless clients can sign in. */
  readonly signIn?: (SignInFacts & SignedInFacts) | undefined
  /** Absent without a dashboard. */
  readonly dashboard?: DashboardOptions | undefined
  /** Whether something needs the addresses of clients: to know them costs each request a little. */
  readonly wantsAddress?: boolean
  /** Absent if no traces are sent. */
  readonly readTrace?: ReadTrace | undefined
  /** Lets other requests work while a large body is parsed. */
  readonly pause: Pause
  /** Absent if nothing about it is logged. */
  readonly loggedClient?: LoggedClientOptions
  readonly newId: NewId
  readonly log: Logger
  readonly records: RequestRecords
  /** Absent if nothing is sent to Slack. */
  readonly slackTargetOf?: SlackTargetOf | undefined
  /** Replaces the upstream's own files of /client-setup/. */
  readonly readSetupFile?: ReadSetupFile | undefined
  /** Milliseconds; see MessagesOptions. */
  readonly pingMs?: number
  readonly commitMs?: number
  /** Then all routes are created and compiled at once. By default, Elysia's own for Bun, which compiles when it must. */
  readonly adapter?: ElysiaAdapter | undefined
}

/** Well below the timeouts for silence: 300 s in Claude Code, 60 s in proxies. */
const defaultPingMs = 10_000
/** Long enough for a throttling error of the upstream, short enough for a user. */
const defaultCommitMs = 10_000

/** Anthropic's API, behind the client token. */
const anthropicRoutes = (options: ServerOptions & MessagesOptions) => {
  const { gateway } = options
  const { upstream } = gateway
  const { native } = upstream
  const app = new Elysia({ name: 'anthropic', normalize: false }).use(requireToken(options))
  if (native?.countsTokens !== true) app.use(countTokensRoutes(options))
  if (native !== undefined) return app.use(nativeLane({ ...options, upstream, native }))
  return app.use(modelRoutes(options)).use(messagesRoutes(options))
}

/** With OpenAI's API, this list serves the clients of both protocols. Those of OpenAI have more spellings of its path. */
const modelRoutes = ({
  openAi,
  gateway: { models },
  features,
  scopeOf,
}: ServerOptions & Pick<MessagesOptions, 'scopeOf'>) =>
  openAi === undefined
    ? modelsRoutes(models, features, (request) => scopeOf(request).client)
    : openAiModelsRoutes({ ...openAi, models, features, scopeOf }, ['/v1/models'])

/** Without files of the upstream, there is no such path. */
const setupRoutes = ({ gateway: { upstream }, readSetupFile, log }: ServerOptions) => {
  const { setupFiles } = upstream
  if (setupFiles === undefined) return (app: Elysia) => app
  return clientSetupRoutes({ readSetupFile: readSetupFile ?? (async (name) => setupFiles.get(name)), log })
}

const dashboardOf = ({ dashboard, gateway: { upstream }, now }: ServerOptions, scopeOf: ScopeOf) =>
  dashboard === undefined ? (app: Elysia) => app : dashboardRoutes({ dashboard, upstream, scopeOf, now })

const signInOf = ({ signIn, ...options }: ServerOptions, scopeOf: ScopeOf) =>
  signIn === undefined ? (app: Elysia) => app : signInRoutes({ ...options, signIn, scopeOf })

/** What every request passes before its route, in this order. */
const createBase = (options: ServerOptions, scopeOf: ScopeOf) => {
  const { limits, adapter } = options
  const { gateway, shutdown, cors, slackTargetOf = () => undefined } = options
  const domainOf = createKnownDomain(options.host, options.allowedHosts)
  // By default, the router reads the path from the URL's eleventh character on, and misreads short hosts.
  return (
    new Elysia({ normalize: false, handler: { standardHostname: false }, ...(adapter && { adapter }) })
      .use(requestScope(scopeOf))
      .use(errorHandler(options.log, scopeOf))
      .use(cors === undefined ? (plain) => plain : corsHeadersOf(cors))
      // Our hooks return nothing: Elysia awaits a returned value, which costs a promise for every request.
      .onRequest(({ request }) => {
        if (shutdown.hasBegun() && !isProbe(request.url)) shutdown.admit()
      })
      .use(guard({ ...options, scopeOf }, gateway.upstream.domains))
      .onRequest(({ request }) => {
        const { running, domain, host } = scopeOf(request)
        const slack = slackTargetOf(host ?? '', domain)
        running.update({
          domain: domainOf(host, domain),
          ...(slack !== undefined && { slack }),
        })
        running.wantsWords = slack !== undefined
      })
      .use(limits === undefined ? (plain) => plain : limited(limits, scopeOf))
  )
}

/** The address of the other end of a connection. */
export type PeerOf = () => string | undefined

type Fetch = (request: Request) => Response | Promise<Response>

/**
 * OpenAI's API has many spellings of its paths: their routes would take 3 ms of each start, and a megabyte. The first
 * request of such a client creates them.
 */
const createOpenAiOnce = (create: () => Fetch, { adapter }: ServerOptions): (() => Fetch) => {
  let openAi = adapter && create()
  return () => {
    openAi ??= create()
    return openAi
  }
}

const withOpenAi =
  (plain: Fetch, openAi: () => Fetch, isOfOpenAi: (request: Request) => boolean): Fetch =>
  (request) =>
    isOfOpenAi(request) ? openAi()(request) : plain(request)

/** The handler of routes; with an adapter, all are compiled now. */
const handlerOf = (routes: { readonly fetch: Fetch; compile(): unknown }, { adapter }: ServerOptions): Fetch => {
  if (adapter !== undefined) routes.compile()
  return routes.fetch
}

/** Creates the scopes of requests, and keeps the addresses of peers if something needs them. */
const createScopes = (options: ServerOptions) => {
  const peers = options.wantsAddress ? new WeakMap<Request, PeerOf>() : undefined
  const peerOf = peers && ((request: Request) => peers.get(request)?.())
  const connectionOf = createConnectionOf({ ...options, peerOf })
  const { newId, records, loggedClient, readTrace } = options
  const readLoggedClient = loggedClient && createReadLoggedClient(loggedClient)
  const entranceOf = createEntranceOf(options)
  return { peers, scopeOf: createScopeOf({ newId, records, entranceOf, connectionOf, readLoggedClient, readTrace }) }
}

/** Creates all routes of the server. Call `close` after stopping it by force: it reports the requests that still ran. */
export const createServer = (options: ServerOptions) => {
  const { records, gateway, openAi, metrics, cacheUse } = options
  const { upstream } = gateway
  const degraded = () => upstream.degraded?.() ?? []
  const { peers, scopeOf } = createScopes(options)
  if (options.limits !== undefined) options.shutdown.atBegin(options.limits.drain)
  const onRead = (request: Request, bytes: number) => scopeOf(request).running.update({ bodyBytes: bytes })
  const { pause } = options
  const readJson = createReadJson({ onRead, carriedIn: carriedInRequest, pause })
  const shared = {
    ...options,
    scopeOf,
    pingMs: options.pingMs ?? defaultPingMs,
    commitMs: options.commitMs ?? defaultCommitMs,
  }
  const app = createBase(options, scopeOf)
    .use(statusRoutes({ ...options, upstream, degraded, readJson, hasOpenAi: openAi !== undefined }))
    .use(setupRoutes(options))
    .use(testConnectionRoutes(shared))
    .use(tokenStatsRoutes(shared))
    .use(metrics === undefined ? (plain) => plain : metricsRoutes({ ...shared, ...metrics }))
    .use(cacheUse === undefined ? (plain) => plain : cacheAuditRoutes({ ...shared, cacheUse }))
    .use(dashboardOf(options, scopeOf))
    .use(signInOf(options, scopeOf))
    .use(anthropicRoutes({ ...shared, readJson }))
  const createOpenAi = (api: NonNullable<typeof openAi>): Fetch => {
    const readOpenAiJson = createReadJson({ onRead, carriedIn: carriedInOpenAi, pause })
    const routes = openAiRoutes({ ...shared, ...api, readJson: readOpenAiJson })
    return handlerOf(createBase(options, scopeOf).use(routes), options)
  }
  const plain = handlerOf(app, options)
  const routed =
    openAi === undefined
      ? plain
      : withOpenAi(
          plain,
          createOpenAiOnce(() => createOpenAi(openAi), options),
          createIsOfOpenAi(options, scopeOf),
        )
  const fetch = withTimeHeader(routed, scopeOf, options.now)
  const watched = records.watch(fetch, (request) => scopeOf(request).running, options.shutdown.finish)
  const answer = (request: Request, peer?: PeerOf): Response | Promise<Response> => {
    if (peer !== undefined) peers?.set(request, peer)
    return watched(plainUrl(request))
  }
  return { fetch: answer, close: records.close }
}
