import { Elysia } from 'elysia'
import { isObject } from '../../../base/json.ts'
import { MessagesRequest } from '../../../wire/anthropic/request.ts'
import { type AnswerOptions, createAnswer } from '../../http/answer.ts'
import { jsonBody } from '../../http/json-body.ts'
import { methodNotAllowed } from '../../http/method-not-allowed.ts'
import { toRouteSchema } from '../../http/route-schema.ts'
import type { CountTokensOptions } from './count-tokens.ts'
import { createStreamWriter } from './entrance.ts'
import { refuseThread } from './thread.ts'

export interface MessagesOptions extends AnswerOptions, CountTokensOptions {}

/** Fills in a `max_tokens` that is absent or negative, where the upstream has one for that (OU-R8). 0 is valid. */
const withMaxTokens = (body: unknown, fallback: number | undefined): unknown => {
  if (fallback === undefined || !isObject(body)) return body
  const maxTokens = body['max_tokens']
  const isMissing = maxTokens === undefined || maxTokens === null || (typeof maxTokens === 'number' && maxTokens < 0)
  return isMissing ? { ...body, max_tokens: fallback } : body
}

const messagesBody = toRouteSchema(MessagesRequest)

/** `POST /v1/messages`, whole or streamed. */
export const messagesRoutes = (options: MessagesOptions) => {
  const { gateway, readJson } = options
  const answer = createAnswer(options)
  return new Elysia({ name: 'messages', normalize: false })
    .post(
      '/v1/messages',
      ({ body, request, set }) => answer({ body, request, set, createWriter: createStreamWriter }),
      jsonBody(readJson, messagesBody, (body) => withMaxTokens(refuseThread(body), gateway.upstream.fallbackMaxTokens)),
    )
    .all('/v1/messages', methodNotAllowed('POST'))
}
