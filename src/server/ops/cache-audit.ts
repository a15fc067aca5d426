import { Elysia } from 'elysia'
import { GatewayError } from '../../base/errors.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import type { CacheUse } from '../../usage/cache/cache-use.ts'
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

/** `GET /cache-audit`: the last requests whose prompt cache was audited, for `usage --cache` (CA-U1). */
export const cacheAuditRoutes = (options: CacheAuditRouteOptions) =>
  new Elysia({ name: 'cache-audit', normalize: false })
    .use(requireToken(options))
    .get(cacheAuditPath, ({ request }) => {
      const address = options.scopeOf(request).address()
      // Sessions of other clients are listed: behind a proxy, the client's own address counts.
      if (address === undefined || !isLoopbackHost(address)) refuseOtherMachines()
      return { requests: options.cacheUse.requests() }
    })
    .all(cacheAuditPath, methodNotAllowed('GET', 'HEAD'))
