import { Elysia } from 'elysia'
import { refusePage } from '../http/guard.ts'
import type { ScopeOf } from '../http/request-scope.ts'
import { targetOf } from '../http/request-target.ts'
import { adminRoutes } from './admin.ts'
import { deviceRoutes } from './device-page.ts'
import type { SignInFacts } from './facts.ts'
import { oauthRoutes } from './oauth.ts'
import { devicePath } from './paths.ts'

/** All routes of sign-in. Without it, the server has none of them. */

export interface SignInRoutesOptions {
  readonly signIn: SignInFacts
  readonly scopeOf: ScopeOf
  /** The address that the server is bound to. */
  readonly host: string
}

/** A web page may send a form anywhere: only the form of the device page has an origin, which it checks (SI-A8). */
const refusePages = ({ method, headers, url }: Request): void => {
  if (method !== 'GET' && headers.has('origin') && targetOf(url).path !== devicePath) refusePage()
}

export const signInRoutes = ({ signIn, scopeOf, host }: SignInRoutesOptions) =>
  new Elysia({ name: 'sign-in', normalize: false })
    .onTransform(({ request }) => refusePages(request))
    .use(oauthRoutes({ ...signIn, scopeOf }))
    .use(deviceRoutes({ ...signIn, scopeOf }))
    .use(adminRoutes({ ...signIn, scopeOf, host }))
