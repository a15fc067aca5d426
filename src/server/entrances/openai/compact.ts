import { Elysia } from 'elysia'
import { GatewayError } from '../../../base/errors.ts'
import type { Json } from '../../../base/json.ts'
import { ResponseEvents } from '../../../translate/openai-responses-entrance/events.ts'
import { responsesToMessages } from '../../../translate/openai-responses-entrance/request.ts'
import { messageToResponse } from '../../../translate/openai-responses-entrance/response.ts'
import { ResponsesRequest } from '../../../wire/openai-responses/request.ts'
import type { ResponseFailure } from '../../../wire/openai-responses/response.ts'
import { jsonBody } from '../../http/json-body.ts'
import { methodNotAllowed } from '../../http/method-not-allowed.ts'
import { toRouteSchema } from '../../http/route-schema.ts'
import { toListedItem } from './listed-item.ts'
import { createModelCalls, type ModelCallOptions, newIdentity, secondsOf } from './model-call.ts'
import { spellingsOf } from './paths.ts'
import { createResponseWriter } from './response-writer.ts'
import { createStoredContext, type StoredContextOptions } from './stored-context.ts'
import { inputItemsOf } from './stored-input.ts'

const compactBody = toRouteSchema(ResponsesRequest)

type Items = NonNullable<ResponsesRequest['input']>

const trigger = { type: 'compaction_trigger' }

const isOfUser = ({ role }: Json): boolean => role === 'user'

/** A part of a summary must not replace the conversation. */
const cutSummary: ResponseFailure = {
  code: 'max_output_tokens',
  message: 'The summary is longer than the answer may be: raise max_output_tokens.',
}

const toError = ({ code, message }: ResponseFailure): GatewayError => {
  if (code === 'server_error') return new GatewayError('api_error', message, { isLoggable: true })
  // The words of a refusal may be the model's.
  const log = code === 'invalid_prompt' ? { reason: 'The model refused to write a summary.' } : { isLoggable: true }
  return new GatewayError('invalid_request_error', message, { code, ...log })
}

/**
 * `POST /v1/responses/compact`: the user's messages, and a summary that replaces the rest of the conversation (OE-R45).
 * Older Codex versions use it.
 */
export const compactRoutes = (options: ModelCallOptions & StoredContextOptions) => {
  const toModelCall = createModelCalls(options)
  const toStored = createStoredContext(options)
  const clock = () => secondsOf(options)
  const app = new Elysia({ name: 'openai-compact', normalize: false })
  for (const path of spellingsOf('/responses/compact')) {
    app
      .post(
        path,
        async ({ body, request, set }) => {
          const stored = toStored(body, request)
          const items = inputItemsOf(stored.body)
          const whole = { ...stored.body, input: [...items, trigger] as Items, stream: false }
          const { plan, answer } = toModelCall({ body: whole, request, set }, responsesToMessages)
          const identity = newIdentity(options, 'resp_')
          const answered = await answer((requestId) =>
            createResponseWriter(requestId, new ResponseEvents(plan, identity, clock)),
          )
          if (answered instanceof Response) return answered
          const { id, created_at, status, output, usage, error } = messageToResponse(answered, plan, identity, clock)
          if (error !== null) throw toError(error)
          if (status === 'incomplete') throw toError(cutSummary)
          return {
            id,
            object: 'response.compaction',
            created_at,
            output: [...items.filter(isOfUser).map(toListedItem), ...output],
            usage,
          }
        },
        jsonBody(options.readJson, compactBody),
      )
      .all(path, methodNotAllowed('POST'))
  }
  return app
}
