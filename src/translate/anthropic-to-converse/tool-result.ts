import { assertNever } from '../../base/assert-never.ts'
import type { Path } from '../../base/path.ts'
import { isBlank } from '../../messages/blank.ts'
import { emptyResultText } from '../../messages/fillers.ts'
import { isUnsupportedImage, unsupportedImageText } from '../../messages/inline-media.ts'
import type { ToolResultContent as ClientContent, TextBlock, ToolResultBlock } from '../../wire/anthropic/content.ts'
import type { ContentBlock, ToolResultContent } from '../../wire/converse/content.ts'
import type { MarkedBlock, TranslationContext } from './context.ts'
import { toDocumentParts, toSearchResultParts } from './documents.ts'
import { toImage } from './media.ts'

/** A tool's image in an unsupported format must not make the conversation unusable. */
const toImagePart = (
  block: Extract<ClientContent, { type: 'image' }>,
  path: Path,
  translation: TranslationContext,
): ToolResultContent => {
  if (isUnsupportedImage(block)) {
    translation.notes.changed(path, 'image of a format that Bedrock does not accept: replaced with a text')
    return { text: unsupportedImageText }
  }
  return { image: toImage(block, path) }
}

/** The state of a browser, as text. */
const browserState = (block: object, path: Path, translation: TranslationContext): ToolResultContent => {
  const { cache_control: _control, ...state } = block as Record<string, unknown>
  translation.notes.changed(path, "a browser's state: sent as text")
  return { text: JSON.stringify(state) }
}

const toParts = (
  block: Exclude<ClientContent, TextBlock>,
  path: Path,
  translation: TranslationContext,
): ToolResultContent[] => {
  switch (block.type) {
    case 'image':
      return [toImagePart(block, path, translation)]
    case 'document':
      return toDocumentParts(block, path, translation)
    case 'search_result':
      return toSearchResultParts(block, path, translation)
    case 'tool_reference':
      // The tool itself, with its description, is in toolConfig: see tool-loading.ts. A description here that changes
      // from turn to turn would invalidate the prompt cache.
      return [{ text: `Tool available: ${translation.toolNames.toUpstream(block.tool_name)}` }]
    case 'browser_state':
      return [browserState(block, path, translation)]
    default:
      return assertNever(block)
  }
}

/** The parts of a result, and the path of each. */
interface PlacedParts {
  readonly content: ToolResultContent[]
  readonly partPaths: Path[]
}

const addPart = ({ content, partPaths }: PlacedParts, part: ToolResultContent, path: Path): void => {
  content.push(part)
  partPaths.push(path)
}

const addContent = (
  parts: PlacedParts,
  content: ToolResultBlock['content'],
  path: Path,
  translation: TranslationContext,
): void => {
  if (content === undefined || content === null) return
  if (typeof content === 'string') {
    if (!isBlank(content)) addPart(parts, { text: content }, path)
    return
  }
  let index = 0
  for (const part of content) {
    // Anthropic puts the block's type into the path, and Claude Code finds images by it.
    const partPath = [...path, 'tool_result', 'content', index]
    if (part.type !== 'text') for (const made of toParts(part, partPath, translation)) addPart(parts, made, partPath)
    else if (!isBlank(part.text)) addPart(parts, { text: part.text }, partPath)
    index += 1
  }
}

/**
 * A tool result. Converse requires at least one part, and accepts no cache point inside: see `cachePointOf` in
 * cache-markers.ts.
 */
export const toToolResult = (
  block: ToolResultBlock,
  path: Path,
  translation: TranslationContext,
): MarkedBlock<ContentBlock> => {
  const isError = block.is_error === true
  const parts: PlacedParts = { content: [], partPaths: [] }
  addContent(parts, block.content, path, translation)
  if (parts.content.length === 0) addPart(parts, { text: emptyResultText(isError) }, path)
  const { content, partPaths } = parts
  const toolUseId = translation.toolUseIds.toUpstream(block.tool_use_id)
  const toolResult = isError ? { toolUseId, content, status: 'error' as const } : { toolUseId, content }
  return { block: { toolResult }, path, partPaths }
}
