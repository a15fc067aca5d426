import type { TextCitation } from '../../wire/anthropic/response.ts'
import type { Citation, DocumentSpan } from '../../wire/converse/response.ts'
import type { ResponseContext } from './response-context.ts'

/** Whether the client requested citations of the location. */
const isWanted = (location: NonNullable<Citation['location']>, responseContext: ResponseContext): boolean => {
  const { documentChar, documentPage, documentChunk, searchResultLocation } = location
  if (searchResultLocation !== undefined) return responseContext.keepsCitations.searchResults
  const span = documentChar ?? documentPage ?? documentChunk
  const document = span && responseContext.documents[span.documentIndex ?? 0]
  return responseContext.keepsCitations.documents && document?.isCited !== false
}

/** Translates a citation. Undefined if the client did not request it, or if Anthropic has no such location. */
export const toCitation = (citation: Citation, responseContext: ResponseContext): TextCitation | undefined => {
  const location = citation.location ?? {}
  const cited_text = (citation.sourceContent ?? []).map((part) => part.text ?? '').join('')
  const inDocument = ({ documentIndex = 0 }: DocumentSpan) => ({
    cited_text,
    document_index: responseContext.documents[documentIndex]?.index ?? documentIndex,
    document_title: responseContext.documents[documentIndex]?.title ?? null,
    file_id: null,
  })

  const { documentChar, documentPage, documentChunk, searchResultLocation, web } = location
  if (!isWanted(location, responseContext)) return undefined
  if (documentChar !== undefined) {
    const { start = 0, end = 0 } = documentChar
    return { type: 'char_location', ...inDocument(documentChar), start_char_index: start, end_char_index: end }
  }
  if (documentPage !== undefined) {
    const { start = 0, end = 0 } = documentPage
    return { type: 'page_location', ...inDocument(documentPage), start_page_number: start, end_page_number: end }
  }
  if (documentChunk !== undefined) {
    const { start = 0, end = 0 } = documentChunk
    return {
      type: 'content_block_location',
      ...inDocument(documentChunk),
      start_block_index: start,
      end_block_index: end,
    }
  }
  if (searchResultLocation !== undefined) {
    const { searchResultIndex = 0, start = 0, end = 0 } = searchResultLocation
    return {
      type: 'search_result_location',
      cited_text,
      search_result_index: responseContext.searchResults[searchResultIndex] ?? searchResultIndex,
      source: citation.source ?? '',
      title: citation.title ?? null,
      start_block_index: start,
      end_block_index: end,
    }
  }
  if (web !== undefined) {
    const { url = '' } = web
    return { type: 'web_search_result_location', cited_text, url, title: citation.title ?? null, encrypted_index: '' }
  }
  return undefined
}
