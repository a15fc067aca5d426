import type { Elysia } from 'elysia'
import { abortedError } from '../../../base/errors.ts'
import type { Gateway } from '../../../gateway/gateway.ts'
import { CountTokensRequest } from '../../../wire/anthropic/request.ts'
import { type ReadJson, unparsed } from '../../http/body.ts'
import { createBodyCheck } from '../../http/body-check.ts'
import { startCall } from '../../http/call.ts'
import { methodNotAllowed } from '../../http/method-not-allowed.ts'
import type { ScopeOf } from '../../http/request-scope.ts'
import type { Shutdown } from '../../http/shutdown.ts'
import { refuseThread } from './thread.ts'

export interface CountTokensOptions {
  readonly gateway: Gateway
  readonly shutdown: Shutdown
  readonly scopeOf: ScopeOf
  readonly readJson: ReadJson
}

/** `POST /v1/messages/count_tokens`. Claude Code asks 25 times at once. */
export const countTokensRoutes = ({ gateway, shutdown, scopeOf, readJson }: CountTokensOptions) => {
  const check = createBodyCheck(CountTokensRequest)
  return (app: Elysia) =>
    app
      .post(
        '/v1/messages/count_tokens',
        async ({ request }) => {
          const body = await readJson(request)
          refuseThread(body)
          const asked = check(body)
          const { running, betas } = scopeOf(request)
          const call = startCall(request, shutdown)
          try {
            const input_tokens = await gateway.countTokens(asked, { running, betas, signal: call.signal })
            // An upstream's count that was aborted becomes an estimate, for which no client waits any more.
            if (call.signal.aborted) throw abortedError(call.signal, undefined)
            return { input_tokens }
          } finally {
            call.end()
          }
        },
        unparsed,
      )
      .all('/v1/messages/count_tokens', methodNotAllowed('POST'))
}
