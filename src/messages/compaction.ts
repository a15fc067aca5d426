import type { CompactionBlock } from '../wire/anthropic/content.ts'
import type { InputMessage } from '../wire/anthropic/request.ts'
import { isBlank } from './blank.ts'

/** A summary in the conversation, and its position. */
export interface Summary {
  /** Index of the message, and of the block in it. */
  readonly index: number
  readonly position: number
  readonly block: CompactionBlock
}

/**
 * Returns the conversation's last summary. Anthropic's API leaves out everything before it, but clients still send
 * that. Ignores a block without content: that compaction failed.
 */
export const findSummary = (messages: readonly InputMessage[]): Summary | undefined => {
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const content = messages[index]?.content
    if (!Array.isArray(content)) continue
    const position = content.findLastIndex((block) => block.type === 'compaction' && !isBlank(block.content ?? ''))
    const block = content[position]
    if (block?.type === 'compaction') return { index, position, block }
  }
  return undefined
}

export const summaryText = ({ block }: Summary): string =>
  `<conversation-summary>\n${block.content ?? ''}\n</conversation-summary>`

/** What is sent in addition to the summary: the blocks after it in its message, and the later messages. */
export const sentMessages = (
  messages: readonly InputMessage[],
  summary: Summary | undefined = findSummary(messages),
): readonly InputMessage[] => {
  if (summary === undefined) return messages
  const [summed, ...others] = messages.slice(summary.index)
  const rest = Array.isArray(summed?.content) ? summed.content.slice(summary.position + 1) : []
  return summed === undefined || rest.length === 0 ? others : [{ ...summed, content: rest }, ...others]
}
