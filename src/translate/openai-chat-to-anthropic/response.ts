import type { NewId } from '../../base/ids.ts'
import type { BlockDelta, MessageStreamEvent } from '../../wire/anthropic/events.ts'
import type { Message, ResponseBlock } from '../../wire/anthropic/response.ts'
import type { ChatResponse } from '../../wire/openai-chat/response.ts'
import { toInputObject } from '../tool-input.ts'
import { MessageEvents } from './events.ts'
import type { ChatResponseContext } from './response-context.ts'

/** A block that grows by its deltas. */
interface GrowingBlock {
  readonly start: ResponseBlock
  /** Text, thinking, or the JSON text of an input. */
  text: string
  signature: string
}

const addDelta = (block: GrowingBlock, delta: BlockDelta): void => {
  if (delta.type === 'text_delta') block.text += delta.text
  else if (delta.type === 'thinking_delta') block.text += delta.thinking
  else if (delta.type === 'input_json_delta') block.text += delta.partial_json
  else if (delta.type === 'signature_delta') block.signature = delta.signature
}

/** The value that Claude Code uses for a streamed input that is not a JSON object, and reports to the model. */
const unparsedInput = (raw: string) => ({ __unparsedToolInput: { raw } })

const toBlock = ({ start, text, signature }: GrowingBlock): ResponseBlock => {
  switch (start.type) {
    case 'text':
      return { ...start, text }
    case 'thinking':
      return { ...start, thinking: text, signature }
    case 'tool_use':
    case 'server_tool_use':
      return { ...start, input: toInputObject(text) ?? unparsedInput(text) }
    case 'redacted_thinking':
    case 'web_search_tool_result':
      return start
  }
}

/** Builds the message from the events of a complete stream. */
export const collectMessage = (events: Iterable<MessageStreamEvent>): Message => {
  let message: Message | undefined
  const blocks: GrowingBlock[] = []
  for (const event of events) {
    if (event.type === 'message_start') message = event.message
    else if (event.type === 'content_block_start') {
      blocks.push({ start: event.content_block, text: '', signature: '' })
    } else if (event.type === 'content_block_delta') {
      const block = blocks[event.index]
      if (block !== undefined) addDelta(block, event.delta)
    } else if (event.type === 'message_delta' && message !== undefined) {
      message = { ...message, ...event.delta, usage: { ...message.usage, ...event.usage } }
    }
  }
  if (message === undefined) throw new Error('a complete stream begins with message_start')
  return { ...message, content: blocks.map(toBlock) }
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
