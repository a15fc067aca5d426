import type { SearchResult } from '../../wire/converse/content.ts'

export type SearchResults = ReturnType<typeof createSearchResults>

/** Which of the client's search results was sent as which: citations count those that were sent. */
export const createSearchResults = () => {
  const indices = new Map<SearchResult, number>()
  let count = 0
  return {
    /** The next of the client's is sent as this. */
    sent(result: SearchResult): void {
      indices.set(result, count)
      count += 1
    },
    /** The next of the client's is not sent. */
    skip(): void {
      count += 1
    },
    /** The client's place of one that was sent, counted from 0. */
    indexOf: (result: SearchResult): number => indices.get(result) ?? 0,
  }
}
