import { isObject, objectsIn } from '../../base/json.ts'
import { isGenuineRedaction, isGenuineSignature } from '../signature.ts'
import { callIdsOf } from './conversation-rules.ts'
import { type ChatRefusal, firstRefusalOf } from './refusal.ts'
import type { ChatRule } from './rule.ts'
import type { ChatBody } from './schema.ts'

/** How providers switch reasoning on, and the reasoning that they require in the history. */

const memberOf = (body: ChatBody, name: string): unknown => (body as Readonly<Record<string, unknown>>)[name]

/** `thinking: {type}`; on unless it is switched off. */
export const thinksUnlessDisabled = (body: ChatBody): boolean => {
  const thinking = memberOf(body, 'thinking')
  return !isObject(thinking) || thinking['type'] !== 'disabled'
}

/** `reasoning_effort`; on unless it is `none`. */
export const thinksUnlessNone = (body: ChatBody): boolean => memberOf(body, 'reasoning_effort') !== 'none'

/** `chat_template_kwargs: {enable_thinking}`; on unless it is switched off. */
export const thinksByTemplate = (body: ChatBody): boolean => {
  const options = memberOf(body, 'chat_template_kwargs')
  return !isObject(options) || (options['enable_thinking'] !== false && options['thinking'] !== false)
}

/** `reasoning: {effort, max_tokens, enabled}`; off unless it is switched on. */
export const thinksOnRequest = (body: ChatBody): boolean => {
  const reasoning = memberOf(body, 'reasoning')
  return isObject(reasoning) && reasoning['enabled'] !== false && reasoning['effort'] !== 'none'
}

const isForced = ({ tool_choice: choice }: ChatBody): boolean => isObject(choice) || choice === 'required'

/** DeepSeek requires the reasoning of every assistant message in the history (OU-Q96). */
export const reasoningOnEveryMessage: ChatRule = ({ body }) =>
  thinksUnlessDisabled(body) &&
  body.messages.some(({ role, reasoning_content: text }) => role === 'assistant' && typeof text !== 'string')
    ? { message: 'The `reasoning_content` in the thinking mode must be passed back to the API.' }
    : undefined

/** Kimi requires it with every tool call in the history (OU-Q97). */
export const reasoningWithCalls: ChatRule = ({ body, model }) => {
  if (model.sampling || !thinksUnlessDisabled(body)) return undefined
  return firstRefusalOf(body.messages, (message, index) => {
    const { reasoning_content: text } = message
    return callIdsOf(message).length > 0 && (typeof text !== 'string' || text === '')
      ? {
          message: `thinking is enabled but reasoning_content is missing in assistant tool call message at index ${index}`,
        }
      : undefined
  })
}

/** Refuses a forced tool while the model thinks, with these words. */
export const noForceWhileThinking =
  (thinks: (body: ChatBody) => boolean, words: (body: ChatBody) => string): ChatRule =>
  ({ body }) =>
    thinks(body) && isForced(body) ? { message: words(body) } : undefined

const detailRefusal = (detail: Readonly<Record<string, unknown>>, place: string): ChatRefusal | undefined => {
  const { type, text, signature, data } = detail
  const isGenuine =
    type === 'reasoning.encrypted'
      ? isGenuineRedaction(String(data))
      : type !== 'reasoning.text' || isGenuineSignature(String(text), String(signature))
  return isGenuine ? undefined : { message: `${place}: Invalid \`signature\` in \`reasoning_details\`` }
}

/** Details in the history must be those that the server sent, unaltered and in order (OU-Q99). */
export const genuineDetails: ChatRule = ({ body: { messages } }) =>
  firstRefusalOf(messages, ({ reasoning_details: details }, index) => {
    const place = `messages.${index}.reasoning_details`
    const items = objectsIn(details)
    const positions = items.map(({ index: position }) => Number(position))
    if (positions.some((position, at) => position < (positions[at - 1] ?? 0)))
      return { message: `${place}: the order of \`reasoning_details\` was changed` }
    return firstRefusalOf(items, (item, at) => detailRefusal(item, `${place}.${at}`))
  })
