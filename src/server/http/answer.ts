import type { Logger } from '../../base/logger.ts'
import { within } from '../../base/within.ts'
import type { Gateway, RequestContext } from '../../gateway/gateway.ts'
import type { EventBatch } from '../../wire/anthropic/events.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { Message } from '../../wire/anthropic/response.ts'
import { startCall, takePlace } from './call.ts'
import type { StreamWriter } from './entrance.ts'
import { logInternalError } from './errors.ts'
import { requestIdHeader, type ScopeOf, upstreamIdHeader } from './request-scope.ts'
import type { Shutdown } from './shutdown.ts'
import { sseResponse } from './sse.ts'

export interface AnswerOptions {
  readonly gateway: Gateway
  readonly shutdown: Shutdown
  readonly scopeOf: ScopeOf
  readonly log: Logger
  /** Milliseconds of silence between pings. */
  readonly pingMs: number
  /**
   * Milliseconds before a stream starts without an event: until then a failure can still become a status, afterwards
   * the client gets pings.
   */
  readonly commitMs: number
}

/** One request to a model, in the canonical format. */
interface ModelCall {
  readonly body: MessagesRequest
  readonly request: Request
  /** Elysia's, whose headers every answer gets. */
  readonly set: { headers: Record<string, unknown> }
  readonly context?: Pick<RequestContext, 'caller' | 'afterRefusal' | 'requestedModel'>
  readonly createWriter: (requestId: string) => StreamWriter
}

/** The whole message, or a streamed response, as the request's `stream` says. Rejects with GatewayError. */
export type Answer = (call: ModelCall) => Promise<Message | Response>

/** Calls the model for one request of any client protocol. */
export const createAnswer =
  ({ gateway, shutdown, scopeOf, log, pingMs, commitMs }: AnswerOptions): Answer =>
  async ({ body, request, set, context = {}, createWriter }) => {
    const call = startCall(request, shutdown)
    const { requestId, running, betas, client, entrance, enter, answerHeaders } = scopeOf(request)
    let answerId = requestId
    const requestContext: RequestContext = {
      ...context,
      running,
      client,
      betas,
      headers: request.headers,
      signal: call.signal,
      ...(enter && { enter: (model) => takePlace(call, enter, model) }),
      onUpstreamId(id) {
        answerId = id
        set.headers[upstreamIdHeader] = id
      },
    }
    // An answer gets the upstream's id, which its support requires; an error gets ours.
    const nameAnswer = (): void => {
      set.headers[requestIdHeader] = answerId
      if (entrance.headers !== undefined) Object.assign(set.headers, entrance.headers(answerId))
    }
    try {
      if (body.stream !== true) {
        const message = await gateway.message(body, requestContext)
        nameAnswer()
        if (answerHeaders !== undefined) Object.assign(set.headers, answerHeaders)
        call.end()
        return message
      }
      const stream: Promise<AsyncIterable<EventBatch>> = gateway.stream(body, requestContext)
      const begun = await within(stream, commitMs)
      call.begun()
      if (begun !== undefined) nameAnswer()
      if (answerHeaders !== undefined) Object.assign(set.headers, answerHeaders)
      const response = sseResponse(begun ?? stream, {
        headers: set.headers as Readonly<Record<string, string>>,
        writer: createWriter(requestId),
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
  }
