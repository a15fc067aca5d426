import type { TextCitation } from '../../wire/anthropic/response.ts'

/** The page that a citation names; undefined for a citation of a document that the request contains (OE-C85). */
export const citedPage = (citation: TextCitation): { readonly title: string; readonly url: string } | undefined => {
  if (citation.type === 'web_search_result_location') return { title: citation.title ?? '', url: citation.url }
  if (citation.type !== 'search_result_location' || !URL.canParse(citation.source)) return undefined
  return { title: citation.title ?? '', url: citation.source }
}
