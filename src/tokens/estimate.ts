import { offeredTools } from '../translate/anthropic-to-converse/tool-loading.ts'
import { createNotes } from '../translate/notes.ts'
import type { ContentBlock, DocumentBlock, ImageBlock, ToolResultContent } from '../wire/anthropic/content.ts'
import { type CountTokensRequest, isCustomTool, type Tool } from '../wire/anthropic/request.ts'
import { imageTokens, pdfTokens } from './media.ts'
import { textTokens } from './text.ts'

/**
 * `count_tokens` without an upstream. The count is a sum: what a part adds does not depend on the
 * others, because Claude Code subtracts counts from each other to learn what one tool costs.
 */

/** What surrounds a request, and each message in it. */
const requestOverhead = 3
const messageOverhead = 4
/** Anthropic's own system prompt for tools, once. */
const toolsOverhead = 346
const toolOverhead = 8
/** What stands around a block that is not text. */
const blockOverhead = 10
/** A count that is too low makes a client compact too late: a little too high is the better side. */
const bias = 1.03

const json = (value: unknown): number => textTokens(JSON.stringify(value) ?? '')

const imageSourceTokens = ({ source }: ImageBlock): number => imageTokens(source.type === 'base64' ? source.data : '')

const documentTokens = ({ source, title, context }: DocumentBlock): number => {
  const around = blockOverhead + textTokens(title ?? '') + textTokens(context ?? '')
  switch (source.type) {
    case 'base64':
      return around + pdfTokens(source.data)
    case 'text':
      return around + textTokens(source.data)
    case 'content':
      return (
        around +
        (typeof source.content === 'string'
          ? textTokens(source.content)
          : source.content.reduce((sum, block) => sum + blockTokens(block), 0))
      )
    case 'url':
    case 'file':
      return around
  }
}

/** Blocks whose members are all words: whatever they are called, the model reads them. */
const otherTokens = (block: object): number => {
  const { cache_control: _control, ...members } = block as Record<string, unknown>
  return blockOverhead + json(members)
}

const blockTokens = (block: ContentBlock | ToolResultContent): number => {
  switch (block.type) {
    case 'text':
      return textTokens(block.text)
    case 'image':
      return imageSourceTokens(block)
    case 'document':
      return documentTokens(block)
    case 'thinking':
      return textTokens(block.thinking)
    case 'tool_use':
      return blockOverhead + textTokens(block.name) + json(block.input)
    case 'tool_result':
      return blockOverhead + contentTokens(block.content)
    default:
      return otherTokens(block)
  }
}

const contentTokens = (content: string | readonly (ContentBlock | ToolResultContent)[] | null | undefined): number => {
  if (content === undefined || content === null) return 0
  if (typeof content === 'string') return textTokens(content)
  return content.reduce((sum, block) => sum + blockTokens(block), 0)
}

const toolTokens = (tool: Tool): number =>
  isCustomTool(tool)
    ? toolOverhead + textTokens(tool.name) + textTokens(tool.description ?? '') + json(tool.input_schema)
    : otherTokens(tool)

/** Tokens of the whole request, rounded up. */
export const estimateTokens = (request: CountTokensRequest): number => {
  const tools = offeredTools(request, createNotes())
  let tokens = requestOverhead + contentTokens(request.system)
  for (const message of request.messages) tokens += messageOverhead + contentTokens(message.content)
  if (tools.length > 0) tokens += toolsOverhead
  for (const { tool } of tools) tokens += toolTokens(tool)
  return Math.ceil(tokens * bias)
}
