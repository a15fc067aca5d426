import type { NewId } from '../../base/ids.ts'
import type { MessageStreamEvent } from '../../wire/anthropic/events.ts'
import type { Message } from '../../wire/anthropic/response.ts'
import type { ChatResponse } from '../../wire/openai-chat/response.ts'
import { BlockCollector } from '../block-collector.ts'
import { MessageEvents } from './events.ts'
import type { ChatResponseContext } from './response-context.ts'

/** Builds the message from the events of a complete stream. */
export const collectMessage = (events: Iterable<MessageStreamEvent>): Message => {
  let message: Message | undefined
  const collector = new BlockCollector()
  for (const event of events) {
    if (event.type === 'message_start') message = event.message
    else if (event.type === 'content_block_start') collector.start(event.content_block)
    else if (event.type === 'content_block_delta') collector.delta(event.index, event.delta)
    else if (event.type === 'message_delta' && message !== undefined) {
      message = { ...message, ...event.delta, usage: { ...message.usage, ...event.usage } }
    }
  }
  if (message === undefined) throw new Error('a complete stream begins with message_start')
  return { ...message, content: collector.blocks() }
}

/**
 * Translates a whole Chat Completions response to a Message through the events of a stream, so that both always agree
 * (OU-S19). Pure, except for `newId`. Throws GatewayError for a response that reports a failure or has no choice.
 */
export const toMessage = (response: ChatResponse, context: ChatResponseContext, newId: NewId): Message => {
  const events = new MessageEvents(context, newId)
  events.acceptWhole(response)
  return collectMessage(events.take())
}
