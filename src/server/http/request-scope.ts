import type { Elysia } from 'elysia'
import type { NewId } from '../../base/ids.ts'
import type { AccessLog } from '../../gateway/observers/access-log.ts'
import type { Entrance } from './entrance.ts'
import { headerList } from './header-list.ts'

export const requestIdHeader = 'request-id'
/** Bedrock's own id of the call, for the support of whoever runs the upstream. */
export const upstreamIdHeader = 'x-amzn-requestid'

/** What the server knows of one request from its head. Response headers are output: no code reads them back. */
interface RequestScope {
  /** Our own id, which every response carries, errors included. */
  readonly requestId: string
  /** Whose protocol the client speaks. */
  readonly entrance: Entrance
  /** Flags of the `anthropic-beta` header; empty without the header. */
  readonly betas: readonly string[]
}

/** Returns the same scope for the same request. */
export type ScopeOf = (request: Request) => RequestScope

interface ScopeOptions {
  readonly newId: NewId
  /** The request's path decides. */
  readonly entranceOf: (request: Request) => Entrance
  readonly access: AccessLog
}

/**
 * Creates the scope of a request when it is first needed, which is before anything can go wrong with the request.
 * A map, and not a member of Elysia's context: the reader of bodies and `onError` have the request alone.
 */
export const createScopeOf = ({ newId, entranceOf, access }: ScopeOptions): ScopeOf => {
  const scopes = new WeakMap<Request, RequestScope>()
  return (request) => {
    const known = scopes.get(request)
    if (known !== undefined) return known
    const scope = {
      requestId: newId('req_'),
      entrance: entranceOf(request),
      betas: headerList(request.headers, 'anthropic-beta'),
    }
    scopes.set(request, scope)
    access.begin(request, scope.requestId)
    return scope
  }
}

/** Begins the scope of every request, and names its id in the response. */
export const requestScope = (scopeOf: ScopeOf) => (app: Elysia) =>
  app.onRequest(({ request, set }) => {
    set.headers[requestIdHeader] = scopeOf(request).requestId
  })
