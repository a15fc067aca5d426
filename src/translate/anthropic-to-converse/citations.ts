import type { ContentBlock, DocumentBlock, ToolResultContent } from '../../wire/anthropic/content.ts'
import type { InputMessage, MessagesRequest } from '../../wire/anthropic/request.ts'
import type { ModelCapabilities } from '../model-capabilities.ts'
import type { Notes } from '../notes.ts'
import type { TranslationPolicy } from '../policy.ts'
import { sentMessages } from './compaction.ts'
import type { CitationPolicy } from './context.ts'
import { isEmptyDocument } from './documents.ts'
import { mediaTypeOf } from './media.ts'
import type { Occurrences } from './occurrences.ts'
import { formatOf } from './output-format.ts'

const isPdf = ({ source }: DocumentBlock): boolean =>
  source.type === 'base64' && mediaTypeOf(source.media_type) === 'application/pdf'

type Citable = Extract<ContentBlock, { type: 'document' | 'search_result' }>

const citableIn = (blocks: readonly (ContentBlock | ToolResultContent)[]): Citable[] =>
  blocks.flatMap((block) => {
    if (block.type === 'document' || block.type === 'search_result') return [block]
    return block.type === 'tool_result' && Array.isArray(block.content) ? citableIn(block.content) : []
  })

/**
 * What can be cited, by turns of the user's: messages without one of the assistant's between them. What
 * a compaction has summed up is not sent.
 */
const citableByTurn = (messages: readonly InputMessage[]): Citable[][] => {
  const turns: Citable[][] = [[]]
  for (const { role, content } of sentMessages(messages)) {
    if (role === 'assistant') turns.push([])
    else if (Array.isArray(content)) turns.at(-1)?.push(...citableIn(content))
  }
  return turns
}

/** A document with something in it: an empty one is not sent. */
const isDocument = (block: Citable): boolean => block.type === 'document' && !isEmptyDocument(block)

/** Asked in this order: whether a document is empty is read in all its bytes. */
const isSentPdf = (block: Citable): boolean => block.type === 'document' && isPdf(block) && !isEmptyDocument(block)

const nothingToCite: CitationPolicy = { documents: false, searchResults: false, forced: false }

/**
 * Whether the documents go with citations: all of them or none, and never with structured output. The
 * first turn that holds documents decides for the whole conversation: a PDF that came later would
 * otherwise change what was sent before it, and the prompt cache would be lost.
 * @see https://platform.claude.com/docs/en/build-with-claude/pdf-support
 */
export const citationPolicy = (
  request: MessagesRequest,
  model: ModelCapabilities,
  { pdf }: TranslationPolicy,
  notes: Notes,
  occurrences: Occurrences,
): CitationPolicy => {
  if (!occurrences.documents && !occurrences.searchResults) return nothingToCite
  const turns = citableByTurn(request.messages)
  const blocks = turns.flat()
  const isAsked = (type: Citable['type']): boolean =>
    blocks.some((block) => block.type === type && block.citations?.enabled === true)

  const documents = isAsked('document')
  const isStructured = formatOf(request) !== undefined && model.structuredOutput
  const isVisual = pdf === 'visual' && model.isClaude && !isStructured && !documents
  const forced = isVisual && turns.find((turn) => turn.some(isDocument))?.some(isSentPdf) === true
  if (isVisual && !forced && blocks.some(isSentPdf)) {
    notes.changed(['messages'], 'a PDF behind other documents: its text is read, its pages are not seen')
  }
  return { documents, searchResults: isAsked('search_result'), forced }
}
