import { Elysia } from 'elysia'
import { isObject } from '../../../base/json.ts'
import type { Logger } from '../../../base/logger.ts'
import { within } from '../../../base/within.ts'
import type { RequestContext } from '../../../gateway/gateway.ts'
import type { EventBatch } from '../../../wire/anthropic/events.ts'
import { MessagesRequest } from '../../../wire/anthropic/request.ts'
import { startCall } from '../../http/call.ts'
import { logInternalError } from '../../http/errors.ts'
import { jsonBody } from '../../http/json-body.ts'
import { methodNotAllowed } from '../../http/method-not-allowed.ts'
import { requestIdHeader, upstreamIdHeader } from '../../http/request-scope.ts'
import { toRouteSchema } from '../../http/route-schema.ts'
import { sseResponse } from '../../http/sse.ts'
import type { CountTokensOptions } from './count-tokens.ts'
import { createStreamWriter } from './entrance.ts'
import { refuseThread } from './thread.ts'

export interface MessagesOptions extends CountTokensOptions {
  readonly log: Logger
  /** Milliseconds of silence between pings. */
  readonly pingMs: number
  /**
   * Milliseconds before a stream starts without an event: until then a failure can still become a status, afterwards
   * the client gets pings.
   */
  readonly commitMs: number
}

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
  const { gateway, log, shutdown, scopeOf, readJson, pingMs, commitMs } = options

  return new Elysia({ name: 'messages', normalize: false })
    .post(
      '/v1/messages',
      async ({ body, request, set }) => {
        const call = startCall(request, shutdown)
        const { requestId, running, betas } = scopeOf(request)
        let answerId = requestId
        const context: RequestContext = {
          running,
          betas,
          signal: call.signal,
          onUpstreamId(id) {
            answerId = id
            set.headers[upstreamIdHeader] = id
          },
        }
        // An answer gets the upstream's id, which its support requires; an error gets ours.
        const nameAnswer = (): void => {
          set.headers[requestIdHeader] = answerId
        }
        try {
          if (body.stream !== true) {
            const message = await gateway.message(body, context)
            nameAnswer()
            call.end()
            return message
          }
          const stream: Promise<AsyncIterable<EventBatch>> = gateway.stream(body, context)
          const begun = await within(stream, commitMs)
          call.begun()
          if (begun !== undefined) nameAnswer()
          const response = sseResponse(begun ?? stream, {
            headers: set.headers as Readonly<Record<string, string>>,
            writer: createStreamWriter(requestId),
            pingMs,
            onCancel: call.cancel,
            onEnd: call.end,
            onFailure: (error) => logInternalError(log, requestId, error),
            onOver: running.streams(),
          })
          // Elysia would copy the response to add headers.
          set.headers = {}
          return response
        } catch (error) {
          call.end()
          throw error
        }
      },
      jsonBody(readJson, messagesBody, (body) => withMaxTokens(refuseThread(body), gateway.upstream.fallbackMaxTokens)),
    )
    .all('/v1/messages', methodNotAllowed('POST'))
}
