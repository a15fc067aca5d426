import type { TextCitation } from '../../wire/anthropic/response.ts'
import type { CompletionAnnotation } from '../../wire/openai-chat/completion.ts'
import { citedPage } from '../openai-entrance/url-citation.ts'

/** The citations of the text from `start` to `end`, as far as they name a page (OE-C85). */
export const toAnnotations = (citations: readonly TextCitation[], start: number, end: number): CompletionAnnotation[] =>
  citations.flatMap((citation): CompletionAnnotation[] => {
    const page = citedPage(citation)
    if (page === undefined) return []
    return [{ type: 'url_citation', url_citation: { start_index: start, end_index: end, ...page } }]
  })
