import { isObject } from '../base/json.ts'
import type { ContentBlock } from '../wire/converse/content.ts'
import type { ConverseMessage } from '../wire/converse/request.ts'
import { byModel, firstOf, isBlank, type Refusal, type Rule } from './rule.ts'
import { isGenuineRedaction, isGenuineSignature } from './signature.ts'

/** Bedrock's rules for a conversation, with its own words. */

const alternation: Rule = ({ body: { messages } }) => {
  if (messages.length === 0) return 'The messages field is empty. Add a message and try again.'
  if (messages[0]?.role !== 'user') {
    return 'A conversation must start with a user message. Try again with a conversation that starts with a user message.'
  }
  return messages.some((message, index) => message.role === messages[index - 1]?.role)
    ? 'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.'
    : undefined
}

/** A model with system messages accepts them only between the user's turn and the assistant's. */
const systemMessages: Rule = ({ body: { messages }, model }) =>
  firstOf(messages, ({ role }, index) => {
    if (role !== 'system') return undefined
    if (model.systemMessages !== true) return byModel("role 'system' is not supported on this model")
    if (messages[index - 1]?.role !== 'user') return byModel("role 'system' must follow a user message")
    return messages[index + 1]?.role === 'assistant'
      ? undefined
      : byModel("role 'system' must precede an assistant message")
  })

const assistantOnly = ['toolUse', 'reasoningContent', 'citationsContent']
const userOnly = ['toolResult', 'image', 'document', 'searchResult', 'guardContent']

const foreignTo: Readonly<Record<ConverseMessage['role'], readonly string[]>> = {
  user: assistantOnly,
  assistant: userOnly,
  system: [...assistantOnly, ...userOnly],
}

const kindOf = (block: ContentBlock): string => Object.keys(block)[0] ?? ''

const sides: Rule = ({ body: { messages } }) =>
  firstOf(messages, ({ role, content }, index) =>
    firstOf(content, (block, position) =>
      foreignTo[role].includes(kindOf(block))
        ? `The ${kindOf(block)} block at messages.${index}.content.${position} is not supported in a message with the role ${role}.`
        : undefined,
    ),
  )

const blankTexts: Rule = ({ body: { messages, system = [] } }) =>
  firstOf(system, (block, index) =>
    'text' in block && isBlank(block.text)
      ? `The text field in the SystemContentBlock object at system.${index} is blank. Add text to the text field, and try again.`
      : undefined,
  ) ??
  firstOf(messages, ({ content }, index) => {
    if (content.length === 0) {
      return `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`
    }
    return firstOf(content, (block, position) => {
      const path = `messages.${index}.content.${position}`
      if ('text' in block && isBlank(block.text)) {
        return `The text field in the ContentBlock object at ${path} is blank. Add text to the text field, and try again.`
      }
      if (!('toolResult' in block)) return undefined
      const parts = block.toolResult.content
      if (parts.length === 0) return byModel(`${path}: tool_result content cannot be empty`)
      return parts.some((part) => 'text' in part && isBlank(part.text))
        ? byModel('messages: text content blocks must contain non-whitespace text')
        : undefined
    })
  })

const usesOf = (message: ConverseMessage | undefined): string[] =>
  (message?.content ?? []).flatMap((block) => ('toolUse' in block ? [block.toolUse.toolUseId] : []))
const resultsOf = (message: ConverseMessage | undefined): string[] =>
  (message?.content ?? []).flatMap((block) => ('toolResult' in block ? [block.toolResult.toolUseId] : []))

const pairing: Rule = ({ body: { messages } }) =>
  firstOf(messages, (message, index) => {
    const results = resultsOf(message)
    const toolUseIds = usesOf(messages[index - 1])
    const missing = toolUseIds.filter((id) => !results.includes(id))
    if (missing.length > 0) {
      return `Expected toolResult blocks at messages.${index}.content for the following Ids: ${missing.join(', ')}`
    }
    if (new Set(results).size < results.length)
      return `The toolResult blocks at messages.${index}.content contain duplicate Ids`
    if (results.some((id) => !toolUseIds.includes(id))) {
      return `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`
    }
    const last = index === messages.length - 1
    return last && usesOf(message).length > 0
      ? `Expected toolResult blocks at messages.${index + 1}.content for the following Ids: ${usesOf(message).join(', ')}`
      : undefined
  })

const uniqueUses: Rule = ({ body: { messages } }) => {
  const ids = messages.flatMap(usesOf)
  return new Set(ids).size < ids.length ? byModel('messages: `tool_use` ids must be unique') : undefined
}

/** The model refuses or misreads text before a result, and after the last use of the last turn. */
const toolOrder: Rule = ({ body: { messages } }) => {
  const lastAssistant = messages.findLastIndex(({ role }) => role === 'assistant')
  return firstOf(messages, ({ content }, index) => {
    const kinds = content.map(kindOf).filter((kind) => kind !== 'cachePoint')
    if (kinds.lastIndexOf('toolResult') >= kinds.filter((kind) => kind === 'toolResult').length) {
      return byModel(`messages.${index}: \`tool_result\` blocks must come before all other blocks`)
    }
    const lastUse = kinds.lastIndexOf('toolUse')
    return index === lastAssistant && lastUse !== -1 && lastUse < kinds.length - 1
      ? byModel(`messages.${index}: \`tool_use\` blocks must come after all other blocks`)
      : undefined
  })
}

const toolInputs: Rule = ({ body: { messages } }) =>
  firstOf(messages, ({ content }, index) =>
    firstOf(content, (block, position) =>
      'toolUse' in block && !isObject(block.toolUse.input)
        ? byModel(`messages.${index}.content.${position}.tool_use.input: Input should be a valid dictionary`)
        : undefined,
    ),
  )

const ending: Rule = ({ body: { messages }, model }) => {
  const last = messages.at(-1)
  if (last?.role !== 'assistant') return undefined
  if (!model.prefill) {
    return byModel(
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    )
  }
  const final = last.content.at(-1)
  return final !== undefined && 'text' in final && final.text !== final.text.trimEnd()
    ? byModel('messages: final assistant content cannot end with trailing whitespace')
    : undefined
}

const reasoning: Rule = ({ body: { messages } }) =>
  firstOf(messages, ({ content }, index) =>
    firstOf(content, (block, position): Refusal | undefined => {
      if (!('reasoningContent' in block)) return undefined
      const { reasoningContent } = block
      const path = `messages.${index}.content.${position}`
      if ('redactedContent' in reasoningContent) {
        return isGenuineRedaction(reasoningContent.redactedContent)
          ? undefined
          : byModel(`${path}: Invalid \`data\` in \`redacted_thinking\` block`)
      }
      const { text, signature } = reasoningContent.reasoningText
      if (signature === undefined) return byModel(`${path}.thinking.signature: Field required`)
      return isGenuineSignature(text, signature)
        ? undefined
        : byModel(`${path}: Invalid \`signature\` in \`thinking\` block`)
    }),
  )

export const conversationRules: readonly Rule[] = [
  alternation,
  systemMessages,
  sides,
  blankTexts,
  uniqueUses,
  pairing,
  toolOrder,
  toolInputs,
  ending,
  reasoning,
]
