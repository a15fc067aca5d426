import { Elysia } from 'elysia'
import { GatewayError } from '../../base/errors.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import type { Secret } from '../../base/secret.ts'
import type { Upstream } from '../../upstreams/upstream.ts'
import { type CorsOptions, isAllowedOrigin, preflight } from './cors.ts'
import type { RequestScope, ScopeOf } from './request-scope.ts'

/** Decides which clients may use the server. */

type Domains = NonNullable<Upstream['domains']>

export interface GuardOptions {
  /** The address the server is bound to. */
  readonly host: string
  /**
   * `/v1/*`, the paths of OpenAI's API, `/test-connection` and `/token-stats` require one of these, as `x-api-key`,
   * `api-key` or in `authorization`, with or without `Bearer`. Without any, the server ignores what clients send.
   */
  readonly clientTokens: readonly Secret[]
  readonly cors?: CorsOptions
}

/** What depends on the domain of a request, which may have its own client key. */
export interface DomainGuardOptions extends GuardOptions {
  readonly scopeOf: ScopeOf
}

/** Spends tokens of the upstream: see ops/test-connection.ts. */
export const testConnectionPath = '/test-connection'
/** Names the domains of other clients: see ops/token-stats.ts. */
export const tokenStatsPath = '/token-stats'
const protectedPaths: readonly (string | undefined)[] = [undefined, testConnectionPath, tokenStatsPath]

/** `localhost:4141` and `[::1]:4141` without their port. */
const withoutPort = (host: string): string => host.replace(/:\d+$/, '')

/** Whether a request for this host may be the rebinding of a web page's name (DNS rebinding). */
const isForeignHost = (host: string | null, options: GuardOptions): boolean =>
  host !== null && isLoopbackHost(options.host) && !isLoopbackHost(withoutPort(host))

const refuseHost = (domains?: Domains): never => {
  const others = domains === undefined ? '' : ', and for names that have a file of credentials'
  throw new GatewayError('permission_error', `This server answers only to requests for localhost${others}.`, {
    shouldRetry: false,
    isLoggable: true,
  })
}

const refusePage = (): never => {
  throw new GatewayError('permission_error', 'This server does not answer to web pages of another origin.', {
    shouldRetry: false,
    isLoggable: true,
  })
}

/** A web page must not spend the company's key. */
const checkOrigin = (headers: Headers, cors: CorsOptions | undefined): void => {
  const origin = headers.get('origin')
  if (origin === null || origin === `http://${headers.get('host')}` || isAllowedOrigin(origin, cors)) return
  refusePage()
}

/** For paths that use the key on a GET: an image, a script or a link on a web page sends one without `Origin`. */
export const refuseOtherSites = ({ headers }: Request): void => {
  const site = headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin' && site !== 'none') refusePage()
}

const bearer = /^Bearer\s+/i

/** The client's key of a domain opens this domain alone. An invalid file could contain one: it opens nothing. */
const checkToken = ({ headers }: Request, { clientTokens }: GuardOptions, { domain, entrance }: RequestScope): void => {
  const tokens = domain?.clientKey === undefined ? clientTokens : [...clientTokens, domain.clientKey]
  const sent = [headers.get('x-api-key'), headers.get('api-key'), headers.get('authorization')?.replace(bearer, '')]
  const isOpen =
    tokens.length === 0 || sent.some((candidate) => candidate && tokens.some((token) => token.equals(candidate)))
  if (!isOpen)
    throw new GatewayError('authentication_error', entrance.wrongTokenMessage, {
      shouldRetry: false,
      code: 'invalid_api_key',
      isLoggable: true,
    })
  if (domain?.problem !== undefined) throw domain.problem
}

/** Whether client tokens protect the URL. An invalid URL is protected, too. */
const isProtected = (url: string, { entrance }: RequestScope): boolean => {
  if (entrance.requiresToken) return true
  const path = URL.parse(url)?.pathname
  return path?.startsWith('/v1/') === true || protectedPaths.includes(path)
}

/** Finds the domain of a request. A name for which there is a file is a name of this server (AU-K11). */
const findDomain = (options: DomainGuardOptions, domains: Domains) => async (request: Request) => {
  const host = request.headers.get('host')
  const domain = host === null ? undefined : await domains.find(host)
  options.scopeOf(request).domain = domain
  if (!isForeignHost(host, options)) return
  if (domain === undefined) refuseHost(domains)
  if (domain?.problem !== undefined) throw domain.problem
}

/** Runs before the server reads a request's body. `domains` finds the names that have a file. */
export const guard = (options: DomainGuardOptions, domains: Domains | undefined) => (app: Elysia) => {
  const find = domains && findDomain(options, domains)
  // Only here a hook returns a promise, which Elysia awaits.
  if (find) app.onRequest(async ({ request }) => find(request))
  app.onRequest(({ request: { headers } }) => {
    if (find === undefined && isForeignHost(headers.get('host'), options)) refuseHost()
    checkOrigin(headers, options.cors)
  })
  // A preflight carries no token.
  if (options.cors !== undefined) app.use(preflight(options.cors))
  return app.onRequest(({ request }) => {
    const scope = options.scopeOf(request)
    if (isProtected(request.url, scope)) checkToken(request, options, scope)
  })
}

/** Checks the token again on the routes themselves, in case the router reads another path from the URL. */
export const requireToken = (options: DomainGuardOptions) =>
  new Elysia({ name: 'require-token' }).onBeforeHandle({ as: 'scoped' }, ({ request }) => {
    checkToken(request, options, options.scopeOf(request))
  })
