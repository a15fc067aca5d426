import { assertNever } from '../../base/assert-never.ts'
import type { Path } from '../../base/path.ts'
import { isBlank } from '../../messages/blank.ts'
import { emptyResultText } from '../../messages/fillers.ts'
import { isUnsupportedImage, unsupportedImageText } from '../../messages/inline-media.ts'
import type { TextBlock, ToolResultBlock, ToolResultContent } from '../../wire/anthropic/content.ts'
import { type ChatContext, isTextPart, type PlacedPart, textPart } from './context.ts'
import { toDocumentParts, toSearchResultParts } from './documents.ts'
import { toImagePart } from './media.ts'

/** The state of a browser, as text. */
const browserState = (block: object, path: Path, { notes }: ChatContext): PlacedPart => {
  const { cache_control: _control, ...state } = block as Record<string, unknown>
  notes.changed(path, "a browser's state: sent as text")
  return textPart(JSON.stringify(state), path)
}

const toParts = (block: Exclude<ToolResultContent, TextBlock>, path: Path, context: ChatContext): PlacedPart[] => {
  switch (block.type) {
    case 'image':
      // A tool's image in another format must not make the conversation unusable.
      if (!isUnsupportedImage(block)) return [toImagePart(block, path, context)]
      context.notes.changed(path, 'image of a format that providers do not accept: replaced by a text')
      return [textPart(unsupportedImageText, path)]
    case 'document':
      return toDocumentParts(block, path, context)
    case 'search_result':
      return toSearchResultParts(block, path, context)
    case 'tool_reference':
      // The tool itself is loaded: see tool-loading.ts.
      return [textPart(`Tool available: ${context.toolNames.toUpstream(block.tool_name)}`, path)]
    case 'browser_state':
      return [browserState(block, path, context)]
    default:
      return assertNever(block)
  }
}

const contentParts = ({ content }: ToolResultBlock, path: Path, context: ChatContext): PlacedPart[] => {
  if (content === undefined || content === null) return []
  if (typeof content === 'string') return isBlank(content) ? [] : [textPart(content, path)]
  const parts: PlacedPart[] = []
  let index = 0
  for (const part of content) {
    // Anthropic's paths include the kind of the block, and Claude Code uses it to find images.
    const partPath = [...path, 'tool_result', 'content', index]
    if (part.type !== 'text') for (const made of toParts(part, partPath, context)) parts.push(made)
    else if (!isBlank(part.text)) parts.push(textPart(part.text, partPath))
    index += 1
  }
  return parts
}

/** A tool's result: the parts of its message, and those that must follow the turn's tool messages (OU-Q39, Q40). */
export interface TranslatedResult {
  /** At least one. */
  readonly parts: readonly PlacedPart[]
  /** Images and files that the provider accepts only in user messages. */
  readonly media: readonly PlacedPart[]
}

const errorPrefix = '[ERROR] '

/** Adds a text if the result has no text. */
const withWords = (
  parts: readonly PlacedPart[],
  media: readonly PlacedPart[],
  isError: boolean,
  path: Path,
): readonly PlacedPart[] => {
  if (parts.length > 0) return parts
  return [textPart(media.length > 0 ? '(see the images below)' : emptyResultText(isError), path)]
}

/** Adds a text that says that the tool failed. */
const asError = (parts: readonly PlacedPart[], path: Path): readonly PlacedPart[] => {
  const index = parts.findIndex(isTextPart)
  const first = parts[index]
  return first !== undefined && isTextPart(first)
    ? parts.with(index, textPart(errorPrefix + first.part.text, first.path))
    : [textPart(errorPrefix.trim(), path), ...parts]
}

const noMedia: readonly PlacedPart[] = []

export const toResult = (block: ToolResultBlock, path: Path, context: ChatContext): TranslatedResult => {
  const all = contentParts(block, path, context)
  const isError = block.is_error === true
  const isSplit = context.dialect.toolMedia === 'after' && !all.every(isTextPart)
  const media = isSplit ? all.filter((part) => !isTextPart(part)) : noMedia
  const parts = withWords(isSplit ? all.filter(isTextPart) : all, media, isError, path)
  return { parts: isError ? asError(parts, path) : parts, media }
}
