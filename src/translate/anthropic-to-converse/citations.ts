import { outputFormatOf } from '../../messages/output-format.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { Document } from '../../wire/converse/content.ts'
import type { CitationPolicy, TranslationContext, Turn } from './context.ts'
import { documentsIn, isCited, isPdf, partsIn } from './parts.ts'

const nothingToCite: CitationPolicy = { documents: false, searchResults: false, forced: false }

/** Why a PDF's pages are not seen; undefined where citations may be switched on for them. */
const reasonAgainst = (
  request: MessagesRequest,
  documentsByTurn: readonly (readonly Document[])[],
  { model }: TranslationContext,
): string | undefined => {
  if (!model.citations || !model.documentsBesideResults) return 'the model takes no citations'
  if (outputFormatOf(request) !== undefined && model.structuredOutput)
    return 'a schema and citations exclude each other'
  const first = documentsByTurn.find((documents) => documents.length > 0)
  return first?.some(isPdf) === true ? undefined : 'a PDF behind other documents'
}

const citeAll = (documents: readonly Document[]): void => {
  for (const document of documents) document.citations = { enabled: true }
}

/**
 * Switches citations on for all documents where the client wants one of them cited, or where a PDF's pages are to be
 * seen, and says whose wish they are: Bedrock takes them for all documents or for none. For the pages alone they are
 * never sent together with structured output, and the first turn that holds documents decides for the whole
 * conversation: a PDF that came later would otherwise change what was sent before it, and the prompt cache would be
 * lost. Text documents next to tool results do not count: they have become texts.
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
      notes.changed(['messages'], 'citations of some documents only: switched on for all of them')
    }
    citeAll(documents)
    return decided
  }
  const wantsPages = policy.pdf === 'visual' && model.isClaude && documents.some(isPdf)
  if (!wantsPages) return decided
  const reason = reasonAgainst(request, byTurn, translation)
  if (reason !== undefined) {
    notes.changed(['messages'], `${reason}: the text of a PDF is read, its pages are not seen`)
    return decided
  }
  citeAll(documents)
  return { ...decided, forced: true }
}
