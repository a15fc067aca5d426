import type { ContentBlock, ToolResultContent } from '../wire/anthropic/content.ts'
import type { InputMessage } from '../wire/anthropic/request.ts'

/**
 * Which less common kinds of blocks a conversation has, found in one pass. Most conversations are only text and tools,
 * so most translation steps can be skipped.
 */
export interface BlockKinds {
  readonly toolUses: boolean
  readonly toolResults: boolean
  readonly images: boolean
  readonly documents: boolean
  readonly searchResults: boolean
  readonly compactions: boolean
  /** Tools that are added or removed during the conversation. */
  readonly toolChanges: boolean
}

type MutableBlockKinds = { -readonly [Kind in keyof BlockKinds]: boolean }

const look = (block: ContentBlock | ToolResultContent, found: MutableBlockKinds): void => {
  switch (block.type) {
    case 'text':
      return
    case 'tool_use':
      found.toolUses = true
      return
    case 'tool_result':
      found.toolResults = true
      if (Array.isArray(block.content)) for (const part of block.content) look(part, found)
      return
    case 'image':
      found.images = true
      return
    case 'document':
      // A document of parts may contain images.
      found.documents = true
      return
    case 'search_result':
      found.searchResults = true
      return
    case 'compaction':
      found.compactions = true
      return
    case 'tool_addition':
    case 'tool_removal':
      found.toolChanges = true
      return
    default:
  }
}

export const findBlockKinds = (messages: readonly InputMessage[]): BlockKinds => {
  const found: MutableBlockKinds = {
    toolUses: false,
    toolResults: false,
    images: false,
    documents: false,
    searchResults: false,
    compactions: false,
    toolChanges: false,
  }
  for (const { content } of messages) {
    if (Array.isArray(content)) for (const block of content) look(block, found)
  }
  return found
}
