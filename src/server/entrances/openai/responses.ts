import { Elysia } from 'elysia'
import { ResponseEvents } from '../../../translate/openai-responses-entrance/events.ts'
import { responsesToMessages } from '../../../translate/openai-responses-entrance/request.ts'
import { messageToResponse } from '../../../translate/openai-responses-entrance/response.ts'
import { ResponsesRequest } from '../../../wire/openai-responses/request.ts'
import { jsonBody } from '../../http/json-body.ts'
import { methodNotAllowed } from '../../http/method-not-allowed.ts'
import { toRouteSchema } from '../../http/route-schema.ts'
import { createModelCalls, type ModelCallOptions, newIdentity, secondsOf } from './model-call.ts'
import { spellingsOf } from './paths.ts'
import { createResponseWriter } from './response-writer.ts'

const responsesBody = toRouteSchema(ResponsesRequest)

/** `POST /v1/responses`, whole or streamed. */
export const responsesRoutes = (options: ModelCallOptions) => {
  const toModelCall = createModelCalls(options)
  const clock = () => secondsOf(options)
  const app = new Elysia({ name: 'openai-responses', normalize: false })
  for (const path of spellingsOf('/responses')) {
    app
      .post(
        path,
        async (context) => {
          const { plan, answer } = toModelCall(context, responsesToMessages)
          const identity = newIdentity(options, 'resp_')
          const answered = await answer((requestId) =>
            createResponseWriter(requestId, new ResponseEvents(plan, identity, clock)),
          )
          return answered instanceof Response ? answered : messageToResponse(answered, plan, identity, clock)
        },
        jsonBody(options.readJson, responsesBody),
      )
      .all(path, methodNotAllowed('POST'))
  }
  return app
}
