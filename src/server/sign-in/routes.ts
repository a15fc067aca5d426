import { Elysia } from 'elysia'
import { type DomainGuardOptions, refusePage, requireToken } from '../http/guard.ts'
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

export interface SignInRoutesOptions extends DomainGuardOptions {
  readonly signIn: SignInFacts & SignedInFacts
}

/** A web page may send a form anywhere: only the form of the device page has an origin, which it checks (SI-A8). */
const refusePages = ({ method, headers, url }: Request): void => {
  if (method !== 'GET' && headers.has('origin') && targetOf(url).path !== devicePath) refusePage()
}

/** What those who have signed in get, besides the API. */
const signedInRoutes = (options: SignInRoutesOptions) => {
  const { signIn, scopeOf } = options
  return new Elysia({ name: 'signed-in', normalize: false })
    .use(requireToken(options))
    .use(managedSettingsRoutes({ ...signIn, ...signIn.signIn, scopeOf }))
    .use(usageRoutes({ ...signIn, scopeOf }))
    .use(telemetryRoutes(signIn))
}

export const signInRoutes = (options: SignInRoutesOptions) => {
  const { signIn, scopeOf, host } = options
  return new Elysia({ name: 'sign-in', normalize: false })
    .onTransform(({ request }) => refusePages(request))
    .use(oauthRoutes({ ...signIn, scopeOf }))
    .use(deviceRoutes({ ...signIn, scopeOf }))
    .use(adminRoutes({ ...signIn, scopeOf, host }))
    .use(protocolRoutes)
    .use(signedInRoutes(options))
}
