import { Elysia } from 'elysia'
import { GatewayError } from '../../base/errors.ts'
import type { Access, ClientIdentity } from '../../gateway/policy/access.ts'
import type { Upstream } from '../../upstreams/upstream.ts'
import { settingsPath, usagePath } from '../sign-in/paths.ts'
import { type AllowedHostsOptions, createIsForeignHost } from './allowed-hosts.ts'
import { type CorsOptions, isAllowedOrigin, preflight } from './cors.ts'
import type { Entrance } from './entrance.ts'
import type { RequestScope, ScopeOf } from './request-scope.ts'

/** Decides which clients may use the server. */

type Domains = NonNullable<Upstream['domains']>

export interface GuardOptions extends AllowedHostsOptions {
  /**
   * `/v1/*`, the paths of OpenAI's API, `/test-connection`, `/token-stats` and `/cache-audit` require a token of it, as
   * `x-api-key`, `api-key` or in `authorization`, with or without `Bearer`. If it is open, the server ignores what
   * clients send.
   */
  readonly access: Access
  readonly cors?: CorsOptions
  /** Absent unless clients can sign in. */
  readonly signIn?: object | undefined
}

/** What depends on the domain of a request, which may have its own client key. */
export interface DomainGuardOptions extends GuardOptions {
  readonly scopeOf: ScopeOf
}

/** Spends tokens of the upstream: see ops/test-connection.ts. */
export const testConnectionPath = '/test-connection'
/** Names the domains of other clients: see ops/token-stats.ts. */
export const tokenStatsPath = '/token-stats'
/** Names the sessions of other clients: see ops/cache-audit.ts. */
export const cacheAuditPath = '/cache-audit'
const protectedPaths: readonly (string | undefined)[] = [undefined, testConnectionPath, tokenStatsPath, cacheAuditPath]
/** Without sign-in, there are no such paths. */
const signInProtectedPaths = [...protectedPaths, settingsPath, usagePath]

type IsForeignHost = ReturnType<typeof createIsForeignHost>

const refuseHost = (domains: Domains | undefined, allowedHosts: readonly string[]): never => {
  const others = [
    ...(allowedHosts.length === 0 ? [] : ['for its allowed hosts']),
    ...(domains === undefined ? [] : ['for names that have a file of credentials']),
  ].map((words) => `, and ${words}`)
  throw new GatewayError('permission_error', `This server answers only to requests for localhost${others.join('')}.`, {
    shouldRetry: false,
    isLoggable: true,
  })
}

export const refusePage = (): never => {
  throw new GatewayError('permission_error', 'This server does not answer to web pages of another origin.', {
    shouldRetry: false,
    isLoggable: true,
  })
}

/** Whether a page of this server has the origin. A page never names the default port. */
export const isOwnOrigin = (origin: string, { host, isSecure }: RequestScope): boolean => {
  const own = `${isSecure ? 'https' : 'http'}://${host}`
  return origin === own || origin === URL.parse(own)?.origin
}

/** A web page must not spend the company's key. */
const checkOrigin = ({ headers, url }: Request, scope: RequestScope, cors: CorsOptions | undefined): void => {
  const origin = headers.get('origin')
  if (origin === null || isOwnOrigin(origin, scope) || isAllowedOrigin(origin, url, cors)) return
  refusePage()
}

/** For paths that use the key on a GET: an image, a script or a link on a web page sends one without `Origin`. */
export const refuseOtherSites = ({ headers }: Request): void => {
  const site = headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin' && site !== 'none') refusePage()
}

const bearer = /^Bearer\s+/i

/** What a client may have sent as its token, in the order in which it counts. */
export const sentTokens = (headers: Headers): string[] =>
  [headers.get('x-api-key'), headers.get('api-key'), headers.get('authorization')?.replace(bearer, '')].filter(
    (text): text is string => Boolean(text),
  )

export const findClient = (sent: readonly string[], access: Pick<Access, 'identify'>): ClientIdentity | undefined => {
  for (const token of sent) {
    const client = access.identify(token)
    if (client !== undefined) return client
  }
  return undefined
}

/** Finds the client. The client's key of a domain opens this domain alone, and belongs to no client. */
const passesGate = (headers: Headers, access: Access, scope: RequestScope): boolean => {
  const { domain, running } = scope
  const key = domain?.clientKey
  if (key === undefined && access.isOpen()) return true
  const sent = sentTokens(headers)
  const client = findClient(sent, access)
  if (client === undefined) return key !== undefined && sent.some((token) => key.equals(token))
  scope.client = client
  if (access.hasNames) running.update({ client: client.name })
  return true
}

const wrongTokenMessage = ({ wrongTokenMessage, signedOutMessage }: Entrance, hasSignIn: boolean): string =>
  hasSignIn && signedOutMessage !== undefined ? signedOutMessage : wrongTokenMessage

/** An invalid file of a domain could contain a client's key: it opens nothing. */
const checkToken = ({ headers }: Request, { access, signIn }: GuardOptions, scope: RequestScope): void => {
  const { client, domain, entrance } = scope
  // The guard has already found it.
  if (client !== undefined) return
  if (!passesGate(headers, access, scope))
    throw new GatewayError('authentication_error', wrongTokenMessage(entrance, signIn !== undefined), {
      shouldRetry: false,
      code: 'invalid_api_key',
      isLoggable: true,
    })
  if (domain?.problem !== undefined) throw domain.problem
}

/** Whether client tokens protect the URL. An invalid URL is protected, too. */
const isProtected = (url: string, { entrance }: RequestScope, paths: readonly (string | undefined)[]): boolean => {
  if (entrance.requiresToken) return true
  const path = URL.parse(url)?.pathname
  return path?.startsWith('/v1/') === true || paths.includes(path)
}

/** Finds the domain of a request. A name for which there is a file is a name of this server (AU-K11). */
const findDomain =
  (options: DomainGuardOptions, domains: Domains, isForeign: IsForeignHost) => async (request: Request) => {
    const scope = options.scopeOf(request)
    const own = request.headers.get('host')
    const { host: named } = scope
    const domain = named === null ? undefined : await domains.find(named)
    scope.domain = domain
    if (isForeign({ own, named, hasDomain: domain !== undefined })) refuseHost(domains, options.allowedHosts)
    // A probe of this machine does not depend on the file.
    if (domain?.problem !== undefined && isForeign({ own, named, hasDomain: false })) throw domain.problem
  }

/** Runs before the server reads a request's body. `domains` finds the names that have a file. */
export const guard = (options: DomainGuardOptions, domains: Domains | undefined) => (app: Elysia) => {
  const isForeign = createIsForeignHost(options)
  const find = domains && findDomain(options, domains, isForeign)
  // Only here a hook returns a promise, which Elysia awaits.
  if (find) app.onRequest(async ({ request }) => find(request))
  app.onRequest(({ request }) => {
    const { headers } = request
    const scope = options.scopeOf(request)
    if (find === undefined && isForeign({ own: headers.get('host'), named: scope.host, hasDomain: false }))
      refuseHost(undefined, options.allowedHosts)
    checkOrigin(request, scope, options.cors)
  })
  // A preflight carries no token.
  if (options.cors !== undefined) app.use(preflight(options.cors))
  const paths = options.signIn === undefined ? protectedPaths : signInProtectedPaths
  return app.onRequest(({ request }) => {
    if (find === undefined && options.access.isOpen()) return
    const scope = options.scopeOf(request)
    if (isProtected(request.url, scope, paths)) checkToken(request, options, scope)
  })
}

/** Checks the token again on the routes themselves, in case the router reads another path from the URL. */
export const requireToken = (options: DomainGuardOptions) =>
  new Elysia({ name: 'require-token' }).onBeforeHandle({ as: 'scoped' }, ({ request }) => {
    checkToken(request, options, options.scopeOf(request))
  })
