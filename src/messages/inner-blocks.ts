import type { ContentBlock, ToolResultContent } from '../wire/anthropic/content.ts'

type Block = ContentBlock | ToolResultContent

/** Returns the blocks inside a block of the client, or undefined. */
export const innerBlocks = (block: Block): readonly Block[] | undefined => {
  switch (block.type) {
    case 'tool_result':
    case 'search_result':
      return Array.isArray(block.content) ? block.content : undefined
    case 'document':
      return block.source.type === 'content' && Array.isArray(block.source.content) ? block.source.content : undefined
    default:
      return undefined
  }
}
