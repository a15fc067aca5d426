import type { NewId } from '../../base/ids.ts'
import { MessageEvents } from '../../translate/openai-chat-to-anthropic/events.ts'
import { collectMessage, toMessage } from '../../translate/openai-chat-to-anthropic/response.ts'
import type { ChatResponseContext } from '../../translate/openai-chat-to-anthropic/response-context.ts'
import type { EventBatch } from '../../wire/anthropic/events.ts'
import type { Message } from '../../wire/anthropic/response.ts'
import type { RetryPolicy } from '../http/retry.ts'
import type { ChatAnswer } from './client.ts'
import { toInnerError, type WordingContext } from './errors.ts'
import { beginChatStream } from './response-stream.ts'

/** Converts a response to the form that the client requested, streamed or whole (OU-T5). */

export interface ReadContext {
  readonly responseContext: ChatResponseContext
  readonly wording: WordingContext
  readonly newId: NewId
  readonly sleep: RetryPolicy['sleep']
}

const beginStream = (
  { chunks, onId }: Extract<ChatAnswer, { kind: 'stream' }>,
  { responseContext, wording, newId, sleep }: ReadContext,
): ReturnType<typeof beginChatStream> =>
  beginChatStream({
    chunks,
    events: new MessageEvents(responseContext, newId),
    toError: (body) => toInnerError(body, wording),
    onId,
    sleep,
  })

/** Rejects with GatewayError. */
export const readMessage = async (answer: ChatAnswer, context: ReadContext): Promise<Message> => {
  if (answer.kind === 'whole') return toMessage(answer.response, context.responseContext, context.newId)
  const batches = await Array.fromAsync(await beginStream(answer, context))
  return collectMessage(batches.flat())
}

async function* inOneBatch(events: EventBatch): AsyncGenerator<EventBatch> {
  yield events
}

/** Resolves when the response has content; see `stream` of Upstream. */
export const readStream = async (answer: ChatAnswer, context: ReadContext): Promise<AsyncIterable<EventBatch>> => {
  if (answer.kind === 'stream') return beginStream(answer, context)
  const events = new MessageEvents(context.responseContext, context.newId)
  events.acceptWhole(answer.response)
  return inOneBatch(events.take())
}
