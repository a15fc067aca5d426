import { Elysia } from 'elysia'
import { GatewayError } from '../../base/errors.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import type { Secret } from '../../base/secret.ts'

/** Decides which clients may use the server. */

export interface GuardOptions {
  /** The address the server is bound to. */
  readonly host: string
  /** Required on `/v1/*`, as `x-api-key` or as a bearer token. Undefined: the server ignores all tokens. */
  readonly clientToken: Secret | undefined
}

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

/** Whether the client token protects the URL. An invalid URL is protected, too. */
const isProtected = (url: string): boolean => URL.parse(url)?.pathname.startsWith('/v1/') ?? true

/** Runs before the server reads a request's body. */
export const guard = (options: GuardOptions) => (app: Elysia) =>
  app.onRequest(({ request }) => {
    checkHost(request.headers, options)
    checkOrigin(request.headers)
    if (options.clientToken !== undefined && isProtected(request.url)) checkToken(request.headers, options.clientToken)
  })

/** Checks the token again on the routes themselves, in case the router reads another path from the URL. */
export const requireToken = ({ clientToken }: GuardOptions) =>
  new Elysia({ name: 'require-token' }).onBeforeHandle({ as: 'scoped' }, ({ request }) => {
    if (clientToken !== undefined) checkToken(request.headers, clientToken)
  })
