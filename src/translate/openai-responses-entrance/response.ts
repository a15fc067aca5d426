import type { EventBatch } from '../../wire/anthropic/events.ts'
import type { Message } from '../../wire/anthropic/response.ts'
import type { ResponseObject } from '../../wire/openai-responses/response.ts'
import type { AnswerIdentity } from '../openai-entrance/answer-identity.ts'
import { type Clock, ResponseEvents } from './events.ts'
import type { ResponsesAnswerPlan } from './request.ts'

/** Translates a whole message. A stream of it gives the same, because a block may have its whole content at its start. */
export const messageToResponse = (
  message: Message,
  plan: ResponsesAnswerPlan,
  identity: AnswerIdentity,
  clock: Clock,
): ResponseObject => {
  const events = new ResponseEvents(plan, identity, clock)
  events.batch(
    message.content.flatMap(
      (content_block, index): EventBatch => [
        { type: 'content_block_start', index, content_block },
        { type: 'content_block_stop', index },
      ],
    ),
  )
  return events.end(message, message.usage)
}
