import { Elysia } from 'elysia'
import { GatewayError } from '../../base/errors.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import type { Secret } from '../../base/secret.ts'

/** Who may use the server at all. */

export interface GuardOptions {
  /** The address the server is bound to. */
  readonly host: string
  /** Wanted on `/v1/*`, as `x-api-key` or as a bearer token; without one, whatever is sent is ignored. */
  readonly clientToken: Secret | undefined
}

/** `localhost:4141` and `[::1]:4141` without their port. */
const withoutPort = (host: string): string => host.replace(/:\d+$/, '')

/** A page that reaches us under a name of its own choosing (DNS rebinding) is not a local program. */
const checkHost = (headers: Headers, options: GuardOptions): void => {
  const host = headers.get('host')
  if (host === null || !isLoopbackHost(options.host) || isLoopbackHost(withoutPort(host))) return
  throw new GatewayError('permission_error', 'This server answers only to requests for localhost.', {
    shouldRetry: false,
    isLoggable: true,
  })
}

/** A web page must not spend the company's key. */
const checkOrigin = (headers: Headers): void => {
  const origin = headers.get('origin')
  if (origin === null || origin === `http://${headers.get('host')}`) return
  throw new GatewayError('permission_error', 'This server does not answer to web pages of another origin.', {
    shouldRetry: false,
    isLoggable: true,
  })
}

const bearer = /^Bearer\s+(.+)$/i

const checkToken = (headers: Headers, token: Secret): void => {
  const offered = [headers.get('x-api-key'), bearer.exec(headers.get('authorization') ?? '')?.[1]]
  if (offered.some((candidate) => typeof candidate === 'string' && token.equals(candidate))) return
  throw new GatewayError('authentication_error', 'invalid x-api-key', { shouldRetry: false, isLoggable: true })
}

/** What the client token guards. A URL that cannot be read is guarded, too. */
const isProtected = (url: string): boolean => URL.parse(url)?.pathname.startsWith('/v1/') ?? true

/** Before anything is read of a request. */
export const guard = (options: GuardOptions) => (app: Elysia) =>
  app.onRequest(({ request }) => {
    checkHost(request.headers, options)
    checkOrigin(request.headers)
    if (options.clientToken !== undefined && isProtected(request.url)) checkToken(request.headers, options.clientToken)
  })

/** The same lock once more on the routes themselves, whatever the router takes for their path. */
export const requireToken = ({ clientToken }: GuardOptions) =>
  new Elysia({ name: 'require-token' }).onBeforeHandle({ as: 'scoped' }, ({ request }) => {
    if (clientToken !== undefined) checkToken(request.headers, clientToken)
  })
