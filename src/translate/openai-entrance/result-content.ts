import type { Path } from '../../base/path.ts'
import { isBlank } from '../../messages/blank.ts'
import type { ContentBlock, ToolResultContent } from '../../wire/anthropic/content.ts'
import type { ContentPart } from '../../wire/openai-chat/content-part.ts'
import { toContentBlocks } from './content-parts.ts'
import type { OpenAiContext } from './context.ts'
import { refusal } from './refusal.ts'

const types: readonly string[] = ['text', 'image', 'document', 'search_result'] satisfies ToolResultContent['type'][]

const isResultContent = (block: ContentBlock): block is ContentBlock & ToolResultContent => types.includes(block.type)

/**
 * Translates the content of a tool's result; undefined if there is none. `path` is the content's own. Throws a 400 that
 * names it.
 */
export const toResultContent = (
  content: string | readonly ContentPart[] | null | undefined,
  path: Path,
  context: Pick<OpenAiContext, 'notes'>,
): string | ToolResultContent[] | undefined => {
  if (typeof content === 'string') return isBlank(content) ? undefined : content
  const blocks = toContentBlocks(content, path, context).map((block) => {
    if (isResultContent(block)) return block
    throw refusal('invalid_value', path, 'a tool result takes only text, images and documents')
  })
  return blocks.length === 0 ? undefined : blocks
}
