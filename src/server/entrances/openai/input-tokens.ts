import { Elysia } from 'elysia'
import { responsesToMessages } from '../../../translate/openai-responses-entrance/request.ts'
import { ResponsesRequest } from '../../../wire/openai-responses/request.ts'
import { countRequestTokens } from '../../http/count-request-tokens.ts'
import { jsonBody } from '../../http/json-body.ts'
import { methodNotAllowed } from '../../http/method-not-allowed.ts'
import { toRouteSchema } from '../../http/route-schema.ts'
import { createModelCalls, type ModelCallOptions } from './model-call.ts'
import { spellingsOf } from './paths.ts'
import { createStoredContext, type StoredContextOptions } from './stored-context.ts'

const inputTokensBody = toRouteSchema(ResponsesRequest)

/** `POST /v1/responses/input_tokens`: counts as `/v1/messages/count_tokens` does (OE-R44). */
export const inputTokensRoutes = (options: ModelCallOptions & StoredContextOptions) => {
  const toModelCall = createModelCalls(options)
  const toStored = createStoredContext(options)
  const app = new Elysia({ name: 'openai-input-tokens', normalize: false })
  for (const path of spellingsOf('/responses/input_tokens')) {
    app
      .post(
        path,
        async ({ body, request, set }) => {
          const stored = toStored(body, request)
          const call = toModelCall({ body: stored.body, request, set }, responsesToMessages)
          const input_tokens = await countRequestTokens(call.request, request, options)
          return { object: 'response.input_tokens', input_tokens }
        },
        jsonBody(options.readJson, inputTokensBody),
      )
      .all(path, methodNotAllowed('POST'))
  }
  return app
}
