import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import type { Gateway } from '../../gateway/gateway.ts'
import { CountTokensRequest } from '../../wire/anthropic/request.ts'
import { readJson } from '../body.ts'
import { createBodyCheck } from '../body-check.ts'
import { methodNotAllowed } from '../method-not-allowed.ts'
import { betasOf, requestIdHeader } from '../request-context.ts'

/** `POST /v1/messages/count_tokens`. Claude Code asks 25 times at once. */
export const countTokensRoutes = (gateway: Gateway) => {
  const check = createBodyCheck(CountTokensRequest)
  return new Elysia({ name: 'count-tokens', normalize: false })
    .post(
      '/v1/messages/count_tokens',
      async ({ body, request, set }) => ({
        input_tokens: await gateway.countTokens(check(body), {
          requestId: String(set.headers[requestIdHeader]),
          betas: betasOf(request.headers),
          signal: request.signal,
        }),
      }),
      { parse: readJson, body: Type.Unknown() },
    )
    .all('/v1/messages/count_tokens', methodNotAllowed('POST'))
}
