import { assertNever } from '../../base/assert-never.ts'
import type { Path } from '../../base/path.ts'
import type { ToolResultContent as ClientContent, ToolResultBlock } from '../../wire/anthropic/content.ts'
import type { ContentBlock, ToolResultContent } from '../../wire/converse/content.ts'
import { isBlank } from './blank.ts'
import type { Translation } from './context.ts'
import { toDocumentParts, toSearchResultParts } from './documents.ts'
import { imageFormatOf, toImage, wireBase64 } from './media.ts'

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

/** What a browser shows, as far as it is told in words. */
const browserState = (block: object, path: Path, translation: Translation): ToolResultContent => {
  const { cache_control: _control, ...state } = block as Record<string, unknown>
  translation.notes.changed(path, "a browser's state: told as words")
  return { text: JSON.stringify(state) }
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
      // The tool itself, with its description, is loaded into toolConfig: see tool-loading.ts. Said here as well, a
      // description that changes from turn to turn would cost the prompt cache.
      return [{ text: `Tool available: ${translation.toolNames.toConverse(block.tool_name)}` }]
    case 'browser_state':
      return [browserState(block, path, translation)]
    default:
      return assertNever(block)
  }
}

/** A part of a result, and where it stood. */
type PlacedPart = readonly [part: ToolResultContent, path: Path]

const toContent = (content: ToolResultBlock['content'], path: Path, translation: Translation): PlacedPart[] => {
  if (content === undefined || content === null) return []
  if (typeof content === 'string') return isBlank(content) ? [] : [[{ text: content }, path]]
  return content.flatMap((part, index) => {
    // Anthropic names the block's kind on the way, and Claude Code finds pictures by it.
    const partPath = [...path, 'tool_result', 'content', index]
    return toParts(part, partPath, translation).map((translated): PlacedPart => [translated, partPath])
  })
}

/**
 * A tool's result. Converse wants at least one part in it, and takes no cache point inside: see
 * `cachePointOf` in cache-markers.ts.
 */
export const toToolResult = (
  block: ToolResultBlock,
  path: Path,
  translation: Translation,
): { readonly block: ContentBlock; readonly partPaths: readonly Path[] } => {
  const isError = block.is_error === true
  const parts = toContent(block.content, path, translation)
  if (parts.length === 0) parts.push([{ text: isError ? failedWithoutOutput : noOutput }, path])
  return {
    block: {
      toolResult: {
        toolUseId: translation.toolUseIds.toConverse(block.tool_use_id),
        content: parts.map(([part]) => part),
        ...(isError ? { status: 'error' } : {}),
      },
    },
    partPaths: parts.map(([, partPath]) => partPath),
  }
}
