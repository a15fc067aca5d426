import { Elysia } from 'elysia'
import { GatewayError } from '../../base/errors.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import type { ClientIdentity } from '../../gateway/policy/access.ts'
import type { CacheUse } from '../../usage/cache/cache-use.ts'
import type { RequestRow } from '../../usage/usage-report.ts'
import { cacheAuditPath, type DomainGuardOptions, requireToken } from '../http/guard.ts'
import { methodNotAllowed } from '../http/method-not-allowed.ts'

export interface CacheAuditRouteOptions extends DomainGuardOptions {
  readonly cacheUse: Pick<CacheUse, 'requests'>
}

const refuseOtherMachines = (): never => {
  throw new GatewayError('permission_error', `${cacheAuditPath} answers only to programs of the same machine.`, {
    shouldRetry: false,
    isLoggable: true,
  })
}

/** Sessions of other clients are for administrators alone. */
const visibleTo = (client: ClientIdentity | undefined, rows: readonly RequestRow[]): readonly RequestRow[] =>
  client === undefined || client.isAdmin ? rows : rows.filter((row) => row.client === client.name)

/** `GET /cache-audit`: the last requests whose prompt cache was audited, for `usage --cache` (CA-U1). */
export const cacheAuditRoutes = (options: CacheAuditRouteOptions) =>
  new Elysia({ name: 'cache-audit', normalize: false })
    .use(requireToken(options))
    .get(cacheAuditPath, ({ request }) => {
      const scope = options.scopeOf(request)
      const address = scope.address()
      // Behind a proxy, the client's own address counts.
      if (address === undefined || !isLoopbackHost(address)) refuseOtherMachines()
      return { requests: visibleTo(scope.client, options.cacheUse.requests()) }
    })
    .all(cacheAuditPath, methodNotAllowed('GET', 'HEAD'))
