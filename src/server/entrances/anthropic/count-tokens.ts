import type { Elysia } from 'elysia'
import { abortedError } from '../../../base/errors.ts'
import type { Gateway } from '../../../gateway/gateway.ts'
import { CountTokensRequest } from '../../../wire/anthropic/request.ts'
import type { ReadJson } from '../../http/body.ts'
import { startCall } from '../../http/call.ts'
import { jsonBody } from '../../http/json-body.ts'
import { methodNotAllowed } from '../../http/method-not-allowed.ts'
import type { ScopeOf } from '../../http/request-scope.ts'
import { toRouteSchema } from '../../http/route-schema.ts'
import type { Shutdown } from '../../http/shutdown.ts'
import { refuseThread } from './thread.ts'

export interface CountTokensOptions {
  readonly gateway: Gateway
  readonly shutdown: Shutdown
  readonly scopeOf: ScopeOf
  readonly readJson: ReadJson
}

const countTokensBody = toRouteSchema(CountTokensRequest)

/** `POST /v1/messages/count_tokens`. Claude Code sends 25 requests at once. */
export const countTokensRoutes =
  ({ gateway, shutdown, scopeOf, readJson }: CountTokensOptions) =>
  (app: Elysia) =>
    app
      .post(
        '/v1/messages/count_tokens',
        async ({ body, request }) => {
          const { running, betas } = scopeOf(request)
          const call = startCall(request, shutdown)
          try {
            const input_tokens = await gateway.countTokens(body, { running, betas, signal: call.signal })
            // An aborted upstream count becomes an estimate, but no client waits for it.
            if (call.signal.aborted) throw abortedError(call.signal, undefined)
            return { input_tokens }
          } finally {
            call.end()
          }
        },
        jsonBody(readJson, countTokensBody, refuseThread),
      )
      .all('/v1/messages/count_tokens', methodNotAllowed('POST'))
