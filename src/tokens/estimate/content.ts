import { mediaTypeOf } from '../../messages/media.ts'
import type { ContentBlock, DocumentBlock, ToolResultContent } from '../../wire/anthropic/content.ts'
import type { Tally } from './tally.ts'
import { addMembers, blockOverhead } from './unestimated.ts'

type Block = ContentBlock | ToolResultContent

const addDocument = ({ source, title, context }: DocumentBlock, tally: Tally): void => {
  tally.addWords(title)
  tally.addWords(context)
  switch (source.type) {
    case 'base64':
      if (mediaTypeOf(source.media_type) === 'application/pdf') tally.addPdf(source.data)
      else tally.addWords(Buffer.from(source.data, 'base64').toString())
      return
    case 'text':
      tally.addWords(source.data)
      return
    case 'content':
      addContent(source.content, tally)
      return
    case 'url':
    case 'file':
      tally.addUnseen()
  }
}

const addBlock = (block: Block, tally: Tally): void => {
  if (block.type === 'text') {
    tally.addWords(block.text)
    return
  }
  // No text: the list of tools counts them.
  if (block.type === 'tool_addition' || block.type === 'tool_removal') return
  tally.addText(blockOverhead)
  switch (block.type) {
    case 'image':
      if (block.source.type !== 'base64') tally.addUnseen()
      tally.addImage(block.source.type === 'base64' ? block.source.data : '')
      return
    case 'redacted_thinking':
      tally.addUnseen()
      return
    case 'document':
      addDocument(block, tally)
      return
    // Since Opus 4.5 and Sonnet 4.6, models keep the thinking of earlier turns. It always counts: a part's cost must
    // not depend on its position, and a count that is too high does less harm.
    case 'thinking':
      tally.addThinking(block.thinking)
      return
    case 'tool_use':
      tally.addWords(block.name)
      tally.addJson(block.input)
      return
    case 'tool_result':
      addContent(block.content, tally)
      return
    default:
      addMembers(block, tally)
  }
}

/** Adds the content of a message, a system prompt or a tool result. */
export const addContent = (content: string | readonly Block[] | null | undefined, tally: Tally): void => {
  if (typeof content === 'string') tally.addWords(content)
  else for (const block of content ?? []) addBlock(block, tally)
}
