import { Elysia } from 'elysia'
import { GatewayError } from '../../../base/errors.ts'
import { ResponseEvents } from '../../../translate/openai-responses-entrance/events.ts'
import { completionToResponses } from '../../../translate/openai-responses-entrance/from-completion.ts'
import { responsesToMessages } from '../../../translate/openai-responses-entrance/request.ts'
import { messageToResponse } from '../../../translate/openai-responses-entrance/response.ts'
import type { CompletionRequest } from '../../../wire/openai-chat/completion-request.ts'
import type { ResponsesRequest } from '../../../wire/openai-responses/request.ts'
import { jsonBody } from '../../http/json-body.ts'
import { methodNotAllowed } from '../../http/method-not-allowed.ts'
import { isCompletionBody, responsesBody } from './body-shape.ts'
import { createModelCalls, type ModelCallOptions, newIdentity, type RouteContext, secondsOf } from './model-call.ts'
import { spellingsOf } from './paths.ts'
import { createResponseWriter } from './response-writer.ts'
import { createStoredContext, type StoredContextOptions } from './stored-context.ts'

const upgradeStatus = 426

/** Codex tries a WebSocket first, and uses POST at once after this status alone (OE-R46). */
const refuseUpgrade = (): never => {
  throw new GatewayError('invalid_request_error', 'This server has no WebSocket. Send POST requests to this path.', {
    status: upgradeStatus,
    shouldRetry: false,
    isLoggable: true,
  })
}

const refuseMethod = methodNotAllowed('POST')

/** `POST /v1/responses`, whole or streamed. */
export const responsesRoutes = (options: ModelCallOptions & StoredContextOptions) => {
  const toModelCall = createModelCalls(options)
  const toStored = createStoredContext(options)
  const clock = () => secondsOf(options)
  const toCall = ({ body, request, set }: RouteContext<CompletionRequest | ResponsesRequest>) => {
    if (isCompletionBody(body))
      return { ...toModelCall({ body, request, set }, completionToResponses), keep: undefined }
    const { body: whole, keep } = toStored(body, request)
    return { ...toModelCall({ body: whole, request, set }, responsesToMessages), keep }
  }
  const app = new Elysia({ name: 'openai-responses', normalize: false })
  for (const path of spellingsOf('/responses')) {
    app
      .post(
        path,
        async ({ body, request, set }) => {
          const { plan, answer, keep } = toCall({ body, request, set })
          const identity = newIdentity(options, 'resp_')
          const kept = { ...plan, echo: { ...plan.echo, store: keep !== undefined } }
          const answered = await answer((requestId) =>
            createResponseWriter(requestId, new ResponseEvents(kept, identity, clock), keep),
          )
          if (answered instanceof Response) return answered
          const response = messageToResponse(answered, kept, identity, clock)
          if (response.status !== 'failed') keep?.(response)
          return response
        },
        jsonBody(options.readJson, responsesBody),
      )
      .get(path, ({ headers }) =>
        headers['upgrade']?.toLowerCase() === 'websocket' ? refuseUpgrade() : refuseMethod(),
      )
      .all(path, refuseMethod)
  }
  return app
}
