import type { Elysia } from 'elysia'
import { endpointOf } from '../../gateway/endpoint.ts'
import type { Admission, LimitedRequest } from '../../gateway/policy/limited-request.ts'
import type { Limits } from '../../gateway/policy/limits.ts'
import type { ScopeOf } from './request-scope.ts'

/** Elysia's, whose headers every answer gets. */
interface Answer {
  readonly headers: object
}

/** Refuses requests over a limit before their body is read, and sends the limits' headers with each answer (OP-L). */
export const limited = (limits: Limits, scopeOf: ScopeOf) => (app: Elysia) => {
  const { admitShared } = limits
  const limitedOf = (request: Request): LimitedRequest => {
    const { running, client, address } = scopeOf(request)
    return { method: request.method, endpoint: endpointOf(running.head.path), client, address, running }
  }
  const apply = (
    request: Request,
    one: LimitedRequest,
    { headers, answerHeaders, refusal }: Admission,
    set: Answer,
  ): void => {
    Object.assign(set.headers, headers)
    if (refusal !== undefined) throw refusal
    const scope = scopeOf(request)
    scope.answerHeaders = answerHeaders
    scope.enter = (model, signal) => limits.enter(one, model, signal)
  }
  if (admitShared === undefined)
    return app.onRequest(({ request, set }) => {
      const one = limitedOf(request)
      apply(request, one, limits.admit(one), set)
    })
  // An `async` function: Elysia awaits no other. The body arrives meanwhile.
  return app.onRequest(async ({ request, set }) => {
    const one = limitedOf(request)
    apply(request, one, await admitShared(one), set)
  })
}
