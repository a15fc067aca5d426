import type { ContentBlock, DocumentBlock, ToolResultContent } from '../../wire/anthropic/content.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { ModelCapabilities } from '../model-capabilities.ts'
import type { TranslationPolicy } from '../policy.ts'
import type { CitationPolicy } from './context.ts'
import { formatOf } from './output-format.ts'

const isPdf = (block: DocumentBlock): boolean =>
  block.source.type === 'base64' && block.source.media_type.toLowerCase().startsWith('application/pdf')

type Citable = Extract<ContentBlock, { type: 'document' | 'search_result' }>

const citableIn = (blocks: readonly (ContentBlock | ToolResultContent)[]): Citable[] =>
  blocks.flatMap((block) => {
    if (block.type === 'document' || block.type === 'search_result') return [block]
    return block.type === 'tool_result' && Array.isArray(block.content) ? citableIn(block.content) : []
  })

/**
 * Whether the documents go with citations. Structured output and citations exclude each other.
 * @see https://platform.claude.com/docs/en/build-with-claude/pdf-support
 */
export const citationPolicy = (
  request: MessagesRequest,
  model: ModelCapabilities,
  { pdf }: TranslationPolicy,
): CitationPolicy => {
  const contents = request.messages.map(({ content }) => content).filter((content) => Array.isArray(content))
  const blocks = contents.flatMap(citableIn)
  const isAsked = (type: Citable['type']): boolean =>
    blocks.some((block) => block.type === type && block.citations?.enabled === true)

  const documents = isAsked('document')
  const hasPdf = blocks.some((block) => block.type === 'document' && isPdf(block))
  const isVisual = pdf === 'visual' && model.isClaude && formatOf(request) === undefined
  return { documents, searchResults: isAsked('search_result'), forced: hasPdf && !documents && isVisual }
}
