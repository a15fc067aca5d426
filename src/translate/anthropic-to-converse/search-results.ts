import type { SearchResult } from '../../wire/converse/content.ts'

export type SearchResults = ReturnType<typeof createSearchResults>

/** Maps sent search results to the client's: citations count only the sent ones. */
export const createSearchResults = () => {
  const indices = new Map<SearchResult, number>()
  let count = 0
  return {
    /** Records how the client's next search result is sent. */
    sent(result: SearchResult): void {
      indices.set(result, count)
      count += 1
    },
    /** Skips the client's next search result, which is not sent. */
    skip(): void {
      count += 1
    },
    /** The client's index of a sent search result, from 0. */
    indexOf: (result: SearchResult): number => indices.get(result) ?? 0,
  }
}
