import type { Message } from '../../wire/anthropic/response.ts'
import { echo } from '../echo.ts'
import { createPrefixMemory } from '../prompt-cache.ts'
import type { HttpError, Reply, Scenario } from '../reply.ts'
import { damagedEvent } from '../sse-frames.ts'
import type { RunRequest } from './batches.ts'
import { type Endpoint, jsonOf, refuse } from './call.ts'
import { betasOf } from './credentials.ts'
import { faultEvent, toEventFrames } from './events.ts'
import { SimulatedMessagesRequest } from './messages-request.ts'
import { CountBody, MessagesBody } from './request-schema.ts'
import { toMessage } from './response.ts'
import { withHeaders } from './response-headers.ts'
import type { CheckedBody } from './rule.ts'
import { countPrompt, stepsOf } from './tokens.ts'
import { type AcceptedBody, type Catalog, validateBody } from './validate-request.ts'
import { errorBody, errorResponse, errorTypeOf } from './wire-errors.ts'

/** The endpoints that answer with messages, or count their tokens. */

/** The headers of one response. */
type OwnHeaders = Readonly<Record<string, string>>

export const createMessages = (catalog: Catalog, scenario: Scenario<CheckedBody> | undefined) => {
  const memory = createPrefixMemory()
  const answer = (reply: Reply, accepted: AcceptedBody): Message =>
    toMessage(reply, accepted, memory.meter(stepsOf(accepted.body)))

  const count: Endpoint = (call) => {
    const validated = validateBody(CountBody, jsonOf(call), catalog, betasOf(call.headers))
    if ('refusal' in validated) return refuse(call, validated.refusal)
    return Response.json({ input_tokens: countPrompt(validated.body), context_management: null })
  }

  /** A scenario's stream settings have no effect in a batch. */
  const run: RunRequest = (params, call) => {
    const validated = validateBody(MessagesBody, params, catalog, betasOf(call.headers))
    const errored = ({ status, type, message = '' }: HttpError) => ({
      type: 'errored' as const,
      error: errorBody(type ?? errorTypeOf(status), message, call.requestId),
    })
    if ('refusal' in validated) return errored(validated.refusal)
    const request = new SimulatedMessagesRequest(validated.body, validated.model)
    const reply = scenario?.(request) ?? echo(request)
    return reply.error === undefined ? { type: 'succeeded', message: answer(reply, validated) } : errored(reply.error)
  }

  /** The parts of an exchange that depend on an accepted request. */
  const scripted = (accepted: AcceptedBody, requestId: string, own: OwnHeaders) => ({
    request: new SimulatedMessagesRequest(accepted.body, accepted.model),
    toError: (error: HttpError) => withHeaders(errorResponse(error, requestId), own),
    toWhole: (reply: Reply) => withHeaders(Response.json(answer(reply, accepted)), own),
    toFrames: (reply: Reply, deltaCharacters: number) => toEventFrames(answer(reply, accepted), deltaCharacters),
    stream: {
      headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...own },
      faultFrame: faultEvent(requestId),
      damaged: damagedEvent,
    },
  })

  const validate = (body: unknown, betas: readonly string[]) => validateBody(MessagesBody, body, catalog, betas)

  return { count, run, scripted, validate }
}
