import type { Elysia } from 'elysia'
import { endpointOf } from '../../gateway/endpoint.ts'
import type { Limits } from '../../gateway/policy/limits.ts'
import type { ScopeOf } from './request-scope.ts'

/** Refuses requests over a limit before their body is read, and sends the limits' headers with each answer (OP-L). */
export const limited = (limits: Limits, scopeOf: ScopeOf) => (app: Elysia) =>
  app.onRequest(({ request, set }) => {
    const scope = scopeOf(request)
    const { running, client, address } = scope
    const endpoint = endpointOf(running.head.path)
    const one = { method: request.method, endpoint, client, address, running }
    const { headers, refusal } = limits.admit(one)
    Object.assign(set.headers, headers)
    if (refusal !== undefined) throw refusal
    scope.enter = (model, signal) => limits.enter(one, model, signal)
  })
