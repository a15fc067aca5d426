import { Elysia } from 'elysia'
import type { Secret } from '../../base/secret.ts'
import type { SignIn } from '../../gateway/sign-in/sign-in.ts'
import { refusePage } from '../http/guard.ts'
import type { ScopeOf } from '../http/request-scope.ts'
import { targetOf } from '../http/request-target.ts'
import { oauthRoutes } from './oauth.ts'
import { devicePath } from './paths.ts'

/** All routes of sign-in. Without it, the server has none of them. */

/** What the server knows about sign-in. */
export interface SignInFacts {
  readonly signIn: SignIn
  /** The address that clients use, without a slash at the end. */
  readonly publicUrl: string
  readonly approve: 'terminal' | 'invite'
  /** The secret of the commands: only the user of the server can read its file. */
  readonly admin: Secret
  /** The names of the clients that may use the server; absent if it has no named clients. */
  readonly clientNames?: (() => readonly string[]) | undefined
}

export interface SignInRoutesOptions {
  readonly signIn: SignInFacts
  readonly scopeOf: ScopeOf
}

/** A web page may send a form anywhere: only the form of the device page has an origin, which it checks (SI-A8). */
const refusePages = ({ method, headers, url }: Request): void => {
  if (method !== 'GET' && headers.has('origin') && targetOf(url).path !== devicePath) refusePage()
}

export const signInRoutes = ({ signIn, scopeOf }: SignInRoutesOptions) =>
  new Elysia({ name: 'sign-in', normalize: false })
    .onTransform(({ request }) => refusePages(request))
    .use(oauthRoutes({ ...signIn, scopeOf }))
