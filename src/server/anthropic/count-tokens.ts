import { Elysia } from 'elysia'
import type { Gateway } from '../../gateway/gateway.ts'
import { CountTokensRequest } from '../../wire/anthropic/request.ts'
import { methodNotAllowed } from '../method-not-allowed.ts'

/** `POST /v1/messages/count_tokens`. Claude Code asks 20 times at once: each is answered on the spot. */
export const countTokensRoutes = (gateway: Gateway) =>
  new Elysia({ name: 'count-tokens', normalize: false })
    .post('/v1/messages/count_tokens', ({ body }) => ({ input_tokens: gateway.countTokens(body) }), {
      body: CountTokensRequest,
    })
    .all('/v1/messages/count_tokens', methodNotAllowed('POST'))
