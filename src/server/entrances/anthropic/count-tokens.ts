import type { Elysia } from 'elysia'
import { CountTokensRequest } from '../../../wire/anthropic/request.ts'
import type { ReadJson } from '../../http/body.ts'
import { type CountOptions, countRequestTokens } from '../../http/count-request-tokens.ts'
import { jsonBody } from '../../http/json-body.ts'
import { methodNotAllowed } from '../../http/method-not-allowed.ts'
import { toRouteSchema } from '../../http/route-schema.ts'
import { refuseThread } from './thread.ts'

export interface CountTokensOptions extends CountOptions {
  readonly readJson: ReadJson
}

const countTokensBody = toRouteSchema(CountTokensRequest)

/** `POST /v1/messages/count_tokens`. Claude Code sends 25 requests at once. */
export const countTokensRoutes =
  ({ readJson, ...options }: CountTokensOptions) =>
  (app: Elysia) =>
    app
      .post(
        '/v1/messages/count_tokens',
        async ({ body, request }) => ({ input_tokens: await countRequestTokens(body, request, options) }),
        jsonBody(readJson, countTokensBody, refuseThread),
      )
      .all('/v1/messages/count_tokens', methodNotAllowed('POST'))
