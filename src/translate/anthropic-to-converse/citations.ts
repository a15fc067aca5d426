import { outputFormatOf } from '../../messages/output-format.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { Document } from '../../wire/converse/content.ts'
import type { CitationPolicy, TranslationContext, Turn } from './context.ts'
import { documentsIn, isCited, isPdf, partsIn } from './parts.ts'

const nothingToCite: CitationPolicy = { documents: false, searchResults: false, forced: false }

/** Returns why the model cannot see a PDF's pages; undefined if citations can be enabled for them. */
const reasonAgainst = (
  request: MessagesRequest,
  documentsByTurn: readonly (readonly Document[])[],
  { model }: TranslationContext,
): string | undefined => {
  if (!model.citations || !model.documentsBesideResults) return 'the model does not support citations'
  if (outputFormatOf(request) !== undefined && model.structuredOutput)
    return 'a schema and citations exclude each other'
  const first = documentsByTurn.find((documents) => documents.length > 0)
  return first?.some(isPdf) === true ? undefined : 'a PDF after other documents'
}

const citeAll = (documents: readonly Document[]): void => {
  for (const document of documents) document.citations = { enabled: true }
}

/**
 * Enables citations for all documents if the client requests them for one, or if the model should see a PDF's pages;
 * returns who requested them. Bedrock accepts citations for all documents or for none. If only the pages need them,
 * they are never combined with structured output, and the first turn with documents decides for the whole conversation:
 * otherwise a later PDF would change earlier messages and invalidate the prompt cache. Text documents next to tool
 * results do not count: they are already texts.
 * @see https://platform.claude.com/docs/en/build-with-claude/pdf-support
 */
export const decideCitations = (
  turns: readonly Turn[],
  request: MessagesRequest,
  translation: TranslationContext,
): CitationPolicy => {
  const { blockKinds, model, policy, notes } = translation
  if (!blockKinds.documents && !blockKinds.searchResults) return nothingToCite
  const searchResults = turns.some(({ units }) =>
    partsIn(units).some((part) => 'searchResult' in part && isCited(part.searchResult)),
  )
  const byTurn = turns.map(({ units }) => documentsIn(units))
  const documents = byTurn.flat()
  const decided = { documents: documents.some(isCited), searchResults, forced: false }
  if (decided.documents) {
    if (!documents.every(isCited)) {
      notes.changed(['messages'], 'citations of only some documents: enabled for all')
    }
    citeAll(documents)
    return decided
  }
  const wantsPages = policy.pdf === 'visual' && model.isClaude && documents.some(isPdf)
  if (!wantsPages) return decided
  const reason = reasonAgainst(request, byTurn, translation)
  if (reason !== undefined) {
    notes.changed(['messages'], `${reason}: the model reads the PDF's text, but does not see its pages`)
    return decided
  }
  citeAll(documents)
  return { ...decided, forced: true }
}
