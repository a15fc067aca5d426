import { Elysia } from 'elysia'
import { encodeSse } from '../../../codec/sse/encode.ts'
import type { AnswerIdentity } from '../../../translate/openai-entrance/answer-identity.ts'
import { type ResponseEvent, ResponseEvents } from '../../../translate/openai-responses-entrance/events.ts'
import { type ResponsesAnswerPlan, responsesToMessages } from '../../../translate/openai-responses-entrance/request.ts'
import { messageToResponse } from '../../../translate/openai-responses-entrance/response.ts'
import { ResponsesRequest } from '../../../wire/openai-responses/request.ts'
import type { StreamWriter } from '../../http/entrance.ts'
import { jsonBody } from '../../http/json-body.ts'
import { methodNotAllowed } from '../../http/method-not-allowed.ts'
import { toRouteSchema } from '../../http/route-schema.ts'
import { toFailedResponse } from './errors.ts'
import { createModelCalls, type ModelCallOptions, newIdentity } from './model-call.ts'
import { spellingsOf } from './paths.ts'

const createWriter = (plan: ResponsesAnswerPlan, identity: AnswerIdentity, requestId: string): StreamWriter => {
  const translated = new ResponseEvents(plan, identity)
  let sequenceNumber = 0
  const write = (events: readonly ResponseEvent[]): string => {
    let text = ''
    for (const event of events) {
      const numbered: ResponseEvent = { ...event, sequence_number: sequenceNumber }
      text += encodeSse(numbered)
      sequenceNumber += 1
    }
    return text
  }
  return {
    opening: () => write(translated.opening()),
    ping: () => write([{ type: 'keepalive' }]),
    batch: (events) => write(translated.batch(events)),
    error: (error) => write(translated.failed(toFailedResponse(error, requestId))),
  }
}

const responsesBody = toRouteSchema(ResponsesRequest)

/** `POST /v1/responses`, whole or streamed. */
export const responsesRoutes = (options: ModelCallOptions) => {
  const toModelCall = createModelCalls(options)
  const app = new Elysia({ name: 'openai-responses', normalize: false })
  for (const path of spellingsOf('/responses')) {
    app
      .post(
        path,
        async (context) => {
          const { plan, answer } = toModelCall(context, responsesToMessages)
          const identity = newIdentity(options, 'resp_')
          const answered = await answer((requestId) => createWriter(plan, identity, requestId))
          return answered instanceof Response ? answered : messageToResponse(answered, plan, identity)
        },
        jsonBody(options.readJson, responsesBody),
      )
      .all(path, methodNotAllowed('POST'))
  }
  return app
}
