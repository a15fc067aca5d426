import { sentMessages } from '../../messages/compaction.ts'
import { outputFormatOf } from '../../messages/output-format.ts'
import type { SearchResult } from '../../search/search-provider.ts'
import type { SearchResultBlock } from '../../wire/anthropic/content.ts'
import type { InputMessage, MessagesRequest } from '../../wire/anthropic/request.ts'
import type { TextCitation } from '../../wire/anthropic/response.ts'
import { toEncryptedIndex } from './carried-text.ts'
import type { OwnResult } from './own-searches.ts'

/** Citations of our results. Upstreams count all search results of a request, also those that the client wrote. */

/** Characters of a cited text. */
const longestCitedText = 150

/** Search results in the order in which upstreams count them. */
const searchResultsIn = (messages: readonly InputMessage[]): SearchResultBlock[] =>
  sentMessages(messages).flatMap(({ content }) =>
    (Array.isArray(content) ? content : []).flatMap((block) => {
      if (block.type === 'search_result') return [block]
      if (block.type !== 'tool_result' || !Array.isArray(block.content)) return []
      return block.content.filter((part) => part.type === 'search_result')
    }),
  )

/**
 * Whether our results may have citations: models refuse them next to results without, and next to a schema for the
 * answer.
 */
export const mayCite = (request: Pick<MessagesRequest, 'messages' | 'output_config' | 'output_format'>): boolean =>
  outputFormatOf(request) === undefined &&
  searchResultsIn(request.messages).every(({ citations }) => citations?.enabled === true)

interface OwnPlace {
  readonly use: string
  /** In the search's results. */
  readonly result: number
  readonly read: SearchResult
}

type SearchResultCitation = Extract<TextCitation, { type: 'search_result_location' }>

const toWebCitation = ({ use, result, read }: OwnPlace, citation: SearchResultCitation): TextCitation => ({
  type: 'web_search_result_location',
  cited_text: [...citation.cited_text].slice(0, longestCitedText).join(''),
  url: read.url,
  title: read.title,
  encrypted_index: toEncryptedIndex({
    use,
    result,
    start: citation.start_block_index,
    end: citation.end_block_index,
  }),
})

/** Knows the results that the model got from us. */
export const createCitations = () => {
  const own = new Map<SearchResultBlock, OwnPlace>()
  return {
    /** Adds the results of a search, in the order of its list. */
    add({ useId, outcome }: OwnResult, searchResults: readonly SearchResultBlock[]): void {
      if (!('results' in outcome)) return
      for (const [result, read] of outcome.results.entries()) {
        const block = searchResults[result]
        if (block !== undefined) own.set(block, { use: useId, result, read })
      }
    },

    /** Undefined for a citation that points to nothing (WS-27). `messages`: those of the call. */
    toClient(citation: TextCitation, messages: () => readonly InputMessage[]): TextCitation | undefined {
      if (citation.type !== 'search_result_location' || own.size === 0) return citation
      const all = searchResultsIn(messages())
      const cited = all[citation.search_result_index]
      if (cited === undefined) return undefined
      const place = own.get(cited)
      if (place !== undefined) return toWebCitation(place, citation)
      // The client's own: it counts only those.
      const search_result_index = all.slice(0, citation.search_result_index).filter((one) => !own.has(one)).length
      return { ...citation, search_result_index }
    },
  }
}
