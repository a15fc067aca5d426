import { type Elysia, NotFoundError } from 'elysia'
import type { ClientIdentity } from '../../gateway/policy/access.ts'
import { type UsageFacts, usageReport } from '../../gateway/sign-in/usage-report.ts'
import { methodNotAllowed } from '../http/method-not-allowed.ts'
import type { ScopeOf } from '../http/request-scope.ts'
import { usagePath } from './paths.ts'

/** The path is one of claude.ai, where Claude Code reads the usage of a subscription. */
export interface UsageRouteOptions {
  readonly scopeOf: ScopeOf
  /** Absent without prices. */
  readonly usageOf?: ((client: ClientIdentity | undefined) => UsageFacts) | undefined
}

/** `GET /api/oauth/usage`, for `/usage` and the status line of Claude Code (SI-Q3). */
export const usageRoutes =
  ({ scopeOf, usageOf }: UsageRouteOptions) =>
  (app: Elysia) =>
    app
      .get(usagePath, ({ request, set }) => {
        if (usageOf === undefined) throw new NotFoundError()
        set.headers['cache-control'] = 'no-store'
        return usageReport(usageOf(scopeOf(request).client))
      })
      .all(usagePath, methodNotAllowed('GET', 'HEAD'))
