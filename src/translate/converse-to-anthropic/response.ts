import type { NewId } from '../../base/ids.ts'
import { isObject } from '../../base/json.ts'
import type { Message, ResponseBlock } from '../../wire/anthropic/response.ts'
import type { ConverseResponse, OutputBlock, OutputToolUse } from '../../wire/converse/response.ts'
import { toInputObject } from '../tool-input.ts'
import { toCitation } from './citation.ts'
import { nameOf, type ResponseContext } from './response-context.ts'
import { isCut, isMalformed, malformedOutput, toStop } from './stop.ts'
import { createToolUses } from './tool-use.ts'
import { toUsage } from './usage.ts'

export const messageIdPrefix = 'msg_bdrk_'

type TextBlock = Extract<ResponseBlock, { type: 'text' }>

const toCitedText = (
  content: NonNullable<OutputBlock['citationsContent']>,
  responseContext: ResponseContext,
): TextBlock => {
  const text = (content.content ?? []).map((part) => part.text ?? '').join('')
  const citations = (content.citations ?? [])
    .map((citation) => toCitation(citation, responseContext))
    .filter((citation) => citation !== undefined)
  return { type: 'text', text, citations: citations.length > 0 ? citations : null }
}

/** What the translation of one response's blocks needs. */
interface BlockContext {
  readonly responseContext: ResponseContext
  readonly stopReason: string | undefined
  readonly toToolUse: ReturnType<typeof createToolUses>
}

/**
 * A tool use with its input: an object, or its JSON text, as in a stream. Undefined if the response was cut within the
 * input, as the stop reason says. Otherwise throws for an input that no client could use.
 */
const toWholeToolUse = (
  toolUse: OutputToolUse,
  { responseContext, stopReason, toToolUse }: BlockContext,
): ResponseBlock | undefined => {
  const input = toInputObject(toolUse.input)
  if (input !== undefined) return { ...toToolUse(toolUse), input }
  if (!isCut(stopReason)) throw malformedOutput()
  responseContext.onOddity?.('tool use with half an input')
  return undefined
}

const toBlock = (block: OutputBlock, context: BlockContext): ResponseBlock | undefined => {
  const { responseContext } = context
  if (block.text !== undefined) return { type: 'text', text: block.text, citations: null }
  if (block.citationsContent !== undefined) return toCitedText(block.citationsContent, responseContext)
  const { reasoningContent, toolUse } = block
  if (reasoningContent?.redactedContent !== undefined) {
    return { type: 'redacted_thinking', data: reasoningContent.redactedContent }
  }
  if (reasoningContent?.reasoningText !== undefined) {
    const { text = '', signature = '' } = reasoningContent.reasoningText
    return { type: 'thinking', thinking: text, signature }
  }
  if (toolUse !== undefined) return toWholeToolUse(toolUse, context)
  responseContext.onOddity?.(`block of ${nameOf(block)}`)
  return undefined
}

/** An empty block: a stream never begins one. */
const isEmpty = (block: ResponseBlock): boolean =>
  (block.type === 'text' && block.text === '' && block.citations === null) ||
  (block.type === 'redacted_thinking' && block.data === '')

const joinTexts = (blocks: readonly ResponseBlock[]): ResponseBlock[] => {
  const joined: ResponseBlock[] = []
  for (const block of blocks) {
    const last = joined.at(-1)
    if (block.type === 'text' && last?.type === 'text')
      joined[joined.length - 1] = { type: 'text', text: last.text + block.text, citations: null }
    else joined.push(block)
  }
  return joined
}

const toContent = (response: ConverseResponse, responseContext: ResponseContext): ResponseBlock[] => {
  const context: BlockContext = {
    responseContext,
    stopReason: response.stopReason,
    toToolUse: createToolUses(responseContext),
  }
  const blocks: ResponseBlock[] = []
  for (const block of response.output?.message?.content ?? []) {
    const translated = isObject(block) ? toBlock(block, context) : undefined
    if (translated !== undefined) blocks.push(translated)
  }
  const joined = responseContext.joinsTexts ? joinTexts(blocks) : blocks
  return joined.some(isEmpty) ? joined.filter((block) => !isEmpty(block)) : joined
}

/**
 * Translates a complete Converse response to a Message. Pure, apart from `newId`.
 * Throws GatewayError (`api_error`) if the model produced only malformed output.
 */
export const toMessage = (response: ConverseResponse, responseContext: ResponseContext, newId: NewId): Message => {
  const blocks = responseContext.isPrewarm ? [] : toContent(response, responseContext)
  const malformed = isMalformed(response.stopReason) && !responseContext.isPrewarm
  // Only the tool calls are malformed: a text is still a usable response.
  const content = malformed ? blocks.filter((block) => block.type !== 'tool_use') : blocks
  if (malformed && !content.some((block) => block.type === 'text' && block.text !== '')) throw malformedOutput()
  const hasToolUse = content.some((block) => block.type === 'tool_use')
  return {
    id: newId(messageIdPrefix),
    type: 'message',
    role: 'assistant',
    model: responseContext.model,
    content,
    ...toStop(response.stopReason, hasToolUse, response.additionalModelResponseFields, responseContext),
    context_management: null,
    diagnostics: null,
    usage: toUsage(response.usage, response.serviceTier?.type, responseContext),
  }
}
