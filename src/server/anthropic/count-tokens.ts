import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import type { Gateway } from '../../gateway/gateway.ts'
import { CountTokensRequest } from '../../wire/anthropic/request.ts'
import { readJson } from '../body.ts'
import { createBodyCheck } from '../body-check.ts'
import { methodNotAllowed } from '../method-not-allowed.ts'

/** `POST /v1/messages/count_tokens`. Claude Code asks 20 times at once: each is answered on the spot. */
export const countTokensRoutes = (gateway: Gateway) => {
  const check = createBodyCheck(CountTokensRequest)
  return new Elysia({ name: 'count-tokens', normalize: false })
    .post('/v1/messages/count_tokens', ({ body }) => ({ input_tokens: gateway.countTokens(check(body)) }), {
      parse: readJson,
      body: Type.Unknown(),
    })
    .all('/v1/messages/count_tokens', methodNotAllowed('POST'))
}
