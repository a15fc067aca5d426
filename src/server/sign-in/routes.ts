import { Elysia } from 'elysia'
import { refusePage } from '../http/guard.ts'
import type { ScopeOf } from '../http/request-scope.ts'
import { targetOf } from '../http/request-target.ts'
import { adminRoutes } from './admin.ts'
import { deviceRoutes } from './device-page.ts'
import type { SignInFacts } from './facts.ts'
import { type ManagedSettingsRouteOptions, managedSettingsRoutes } from './managed-settings.ts'
import { oauthRoutes } from './oauth.ts'
import { devicePath } from './paths.ts'
import { protocolRoutes } from './protocol.ts'
import { telemetryRoutes } from './telemetry.ts'
import { type UsageRouteOptions, usageRoutes } from './usage.ts'

/** All routes of sign-in. Without it, the server has none of them. */

/** What the server gives those who have signed in, besides the API. */
export type SignedInFacts = Pick<ManagedSettingsRouteOptions, 'settingsOf'> & Pick<UsageRouteOptions, 'usageOf'>

export interface SignInRoutesOptions {
  readonly signIn: SignInFacts & SignedInFacts
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
    .use(protocolRoutes)
    .use(managedSettingsRoutes({ ...signIn, ...signIn.signIn, scopeOf }))
    .use(usageRoutes({ ...signIn, scopeOf }))
    .use(telemetryRoutes(signIn))
