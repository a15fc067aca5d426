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

/** Claude Code makes the same of a streamed input that is not the JSON text of an object, and reports it to the model. */
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
      return start
  }
}

/** The message that the events of a complete stream make together. */
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
 * A whole Chat Completions response as a Message: by the events of a stream, so that both forms always say the same
 * (OU-S19). Pure but for `newId`. Throws GatewayError for a response that reports a failure, or holds no choice.
 */
export const toMessage = (response: ChatResponse, context: ChatResponseContext, newId: NewId): Message => {
  const events = new MessageEvents(context, newId)
  events.acceptWhole(response)
  return collectMessage(events.take())
}
