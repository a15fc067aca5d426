import { assertNever } from '../../base/assert-never.ts'
import { invalidRequest } from '../../base/errors.ts'
import type { ToolResultContent as ClientContent, ToolResultBlock } from '../../wire/anthropic/content.ts'
import type { ContentBlock, ToolResultContent } from '../../wire/converse/content.ts'
import type { Path, Translation } from './context.ts'
import { isBlank, toDocumentParts, toSearchResultParts } from './documents.ts'
import { imageFormatOf, toImage, wireBase64 } from './media.ts'
import { converseToolUseId } from './tool-names.ts'

const noOutput = '(no output)'
const failedWithoutOutput = '(tool failed without output)'

/** A tool's picture in a format that Bedrock has none for must not make the conversation unusable. */
const toImagePart = (
  block: Extract<ClientContent, { type: 'image' }>,
  path: Path,
  translation: Translation,
): ToolResultContent => {
  const { source } = block
  if (source.type === 'base64' && imageFormatOf(source.media_type, wireBase64(source.data)) === undefined) {
    translation.notes.changed(path, 'image of a format that Bedrock does not take: replaced by a text')
    return { text: '[image omitted: its format is not supported, only JPEG, PNG, GIF and WebP are]' }
  }
  return { image: toImage(block, path) }
}

const toParts = (block: ClientContent, path: Path, translation: Translation): ToolResultContent[] => {
  switch (block.type) {
    case 'text':
      return isBlank(block.text) ? [] : [{ text: block.text }]
    case 'image':
      return [toImagePart(block, path, translation)]
    case 'document':
      return toDocumentParts(block, path, translation)
    case 'search_result':
      return toSearchResultParts(block, path, translation)
    case 'tool_reference':
      // The tool itself, with its description, is loaded into toolConfig: see tools.ts.
      return [{ text: `Tool available: ${translation.toolNames.toConverse(block.tool_name)}` }]
    case 'browser_state':
      throw invalidRequest(path, `content blocks of type '${block.type}' are not supported by this endpoint`)
    default:
      return assertNever(block)
  }
}

const toContent = (content: ToolResultBlock['content'], path: Path, translation: Translation): ToolResultContent[] => {
  if (content === undefined || content === null) return []
  if (typeof content === 'string') return isBlank(content) ? [] : [{ text: content }]
  return content.flatMap((part, index) => toParts(part, [...path, 'content', index], translation))
}

/**
 * A tool's result. Converse wants at least one part in it, and takes no cache point inside: see
 * `cachePointOf` in content.ts.
 */
export const toToolResult = (block: ToolResultBlock, path: Path, translation: Translation): ContentBlock => {
  const isError = block.is_error === true
  const content = toContent(block.content, path, translation)
  if (content.length === 0) content.push({ text: isError ? failedWithoutOutput : noOutput })
  return {
    toolResult: {
      toolUseId: converseToolUseId(block.tool_use_id),
      content,
      ...(isError ? { status: 'error' } : {}),
    },
  }
}
