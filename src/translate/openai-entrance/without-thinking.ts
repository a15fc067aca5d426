import type { InputMessage, MessagesRequest } from '../../wire/anthropic/request.ts'
import { isThinkingBlock } from './thinking-content.ts'

const withoutThinkingIn = (message: InputMessage): InputMessage => {
  const { content } = message
  return Array.isArray(content) && content.some(isThinkingBlock)
    ? { ...message, content: content.filter((block) => !isThinkingBlock(block)) }
    : message
}

const isEmpty = ({ content }: InputMessage): boolean => Array.isArray(content) && content.length === 0

/**
 * The request without the thinking of earlier turns, for a model that refuses it (OE-C53). Undefined for a request that
 * has none.
 */
export const withoutThinking = (request: MessagesRequest): MessagesRequest | undefined => {
  const messages = request.messages.map(withoutThinkingIn)
  if (messages.every((message, index) => message === request.messages[index])) return undefined
  return { ...request, messages: messages.filter((message) => !isEmpty(message)) }
}
