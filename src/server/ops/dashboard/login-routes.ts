import { Elysia } from 'elysia'
import { GatewayError } from '../../../base/errors.ts'
import type { SharedState } from '../../../state/shared-state.ts'
import { readWholeBody } from '../../http/body.ts'
import { methodNotAllowed } from '../../http/method-not-allowed.ts'
import type { ScopeOf } from '../../http/request-scope.ts'
import { createLoginTries } from './login-tries.ts'
import { pageResponse, privateHeaders, withMessage } from './page-response.ts'
import { type DashboardAccess, type Sessions, sessionSeconds } from './sessions.ts'
import { cookieName, sessionIdOf } from './viewer.ts'

/** `POST /dashboard/login` and `/dashboard/logout` (OP-D4). */

export interface LoginOptions {
  readonly access: DashboardAccess
  readonly sessions: Sessions
  readonly scopeOf: ScopeOf
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** What servers share; absent if each counts tries by itself. */
  readonly state?: SharedState | undefined
}

export const dashboardPath = '/dashboard'

/** More than any token. */
const mostBodyBytes = 4096
const [seeOther, unauthorized, tooMany] = [303, 401, 429]

/** A browser sends the origin with every form; the guard has compared it. */
const requireOrigin = ({ headers }: Request): void => {
  if (headers.has('origin')) return
  throw new GatewayError('permission_error', 'Send this form from the page of the dashboard.', {
    shouldRetry: false,
    isLoggable: true,
  })
}

const readToken = async (request: Request): Promise<string> => {
  const bytes = await readWholeBody(request, mostBodyBytes)
  return new URLSearchParams(new TextDecoder().decode(bytes)).get('token')?.trim() ?? ''
}

/** Only this server's pages send the cookie, and no script can read it. */
const setCookie = (id: string, seconds: number, isSecure: boolean): string =>
  `${cookieName}=${id}; HttpOnly; SameSite=Strict; Path=${dashboardPath}; Max-Age=${seconds}${isSecure ? '; Secure' : ''}`

const toDashboard = (cookie: string): Response =>
  new Response(null, {
    status: seeOther,
    headers: { ...privateHeaders, location: dashboardPath, 'set-cookie': cookie },
  })

const refusedTexts = {
  wrong: 'This token is not valid.',
  tooMany: 'Too many tries. Wait a minute.',
  /** Without a token, a server that other machines can reach shows no figures. */
  closed: 'This server has no client token: start it with --client-token or --clients.',
} as const

/** The page that asks for a token. */
export const loginPageResponse = async (
  reason?: keyof typeof refusedTexts,
  status = unauthorized,
  headers?: Readonly<Record<string, string>>,
): Promise<Response> => {
  const { loginPage } = await import('./pages.ts')
  return pageResponse(withMessage(loginPage, reason === undefined ? '' : refusedTexts[reason]), status, headers)
}

export const loginRoutes = ({ access, sessions, scopeOf, now, state }: LoginOptions) => {
  const tries = createLoginTries(now, state)

  const logIn = async (request: Request): Promise<Response> => {
    requireOrigin(request)
    const { address, isSecure } = scopeOf(request)
    const waitSeconds = await tries.take(address())
    if (waitSeconds !== undefined) return loginPageResponse('tooMany', tooMany, { 'retry-after': String(waitSeconds) })
    if (access.isOpen()) return loginPageResponse('closed')
    const id = sessions.begin(await readToken(request))
    return id === undefined ? loginPageResponse('wrong') : toDashboard(setCookie(id, sessionSeconds, isSecure))
  }

  const logOut = (request: Request): Response => {
    requireOrigin(request)
    const id = sessionIdOf(request.headers)
    if (id !== undefined) sessions.end(id)
    return toDashboard(setCookie('', 0, scopeOf(request).isSecure))
  }

  const [login, logout] = [`${dashboardPath}/login`, `${dashboardPath}/logout`]
  return new Elysia({ name: 'dashboard-login', normalize: false })
    .post(login, ({ request }) => logIn(request), { parse: 'none' })
    .all(login, methodNotAllowed('POST'))
    .post(logout, ({ request }) => logOut(request), { parse: 'none' })
    .all(logout, methodNotAllowed('POST'))
}
