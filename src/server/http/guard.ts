import { Elysia } from 'elysia'
import { GatewayError } from '../../base/errors.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import type { Secret } from '../../base/secret.ts'
import { type CorsOptions, isAllowedOrigin, preflight } from './cors.ts'

/** Decides which clients may use the server. */

export interface GuardOptions {
  /** The address the server is bound to. */
  readonly host: string
  /**
   * `/v1/*`, `/test-connection` and `/token-stats` require one of these, as `x-api-key` or in `authorization`, with or
   * without `Bearer`. Without any, the server ignores what clients send.
   */
  readonly clientTokens: readonly Secret[]
  readonly cors?: CorsOptions
}

/** Spends tokens of the upstream: see ops/test-connection.ts. */
export const testConnectionPath = '/test-connection'
/** Names the domains of other clients: see ops/token-stats.ts. */
export const tokenStatsPath = '/token-stats'
const protectedPaths: readonly (string | undefined)[] = [undefined, testConnectionPath, tokenStatsPath]

/** `localhost:4141` and `[::1]:4141` without their port. */
const withoutPort = (host: string): string => host.replace(/:\d+$/, '')

/** Refuses a web page that reaches the server under its own host name (DNS rebinding). */
const checkHost = (headers: Headers, options: GuardOptions): void => {
  const host = headers.get('host')
  if (host === null || !isLoopbackHost(options.host) || isLoopbackHost(withoutPort(host))) return
  throw new GatewayError('permission_error', 'This server answers only to requests for localhost.', {
    shouldRetry: false,
    isLoggable: true,
  })
}

/** A web page must not spend the company's key. */
const checkOrigin = (headers: Headers, cors: CorsOptions | undefined): void => {
  const origin = headers.get('origin')
  if (origin === null || origin === `http://${headers.get('host')}` || isAllowedOrigin(origin, cors)) return
  throw new GatewayError('permission_error', 'This server does not answer to web pages of another origin.', {
    shouldRetry: false,
    isLoggable: true,
  })
}

const bearer = /^Bearer\s+/i

const checkToken = (headers: Headers, tokens: readonly Secret[]): void => {
  if (tokens.length === 0) return
  const sent = [headers.get('x-api-key'), headers.get('authorization')?.replace(bearer, '')]
  if (sent.some((candidate) => candidate && tokens.some((token) => token.equals(candidate)))) return
  throw new GatewayError('authentication_error', 'invalid x-api-key', { shouldRetry: false, isLoggable: true })
}

/** Whether client tokens protect the URL. An invalid URL is protected, too. */
const isProtected = (url: string): boolean => {
  const path = URL.parse(url)?.pathname
  return path?.startsWith('/v1/') === true || protectedPaths.includes(path)
}

/** Runs before the server reads a request's body. */
export const guard = (options: GuardOptions) => (app: Elysia) => {
  app.onRequest(({ request: { headers } }) => {
    checkHost(headers, options)
    checkOrigin(headers, options.cors)
  })
  // A preflight carries no token.
  if (options.cors !== undefined) app.use(preflight(options.cors))
  return app.onRequest(({ request }) => {
    if (isProtected(request.url)) checkToken(request.headers, options.clientTokens)
  })
}

/** Checks the token again on the routes themselves, in case the router reads another path from the URL. */
export const requireToken = ({ clientTokens }: GuardOptions) =>
  new Elysia({ name: 'require-token' }).onBeforeHandle({ as: 'scoped' }, ({ request }) => {
    checkToken(request.headers, clientTokens)
  })
