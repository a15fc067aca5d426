import type { SearchResult } from '../../wire/converse/content.ts'

/** Which of the client's search results was sent as which: citations count those that were sent. */
export interface SearchResults {
  /** The next of the client's is sent as this. */
  sent(result: SearchResult): void
  /** The next of the client's is not sent. */
  skip(): void
  /** The client's place of one that was sent, counted from 0. */
  indexOf(result: SearchResult): number
}

export const createSearchResults = (): SearchResults => {
  const indices = new Map<SearchResult, number>()
  let count = 0
  return {
    sent(result) {
      indices.set(result, count)
      count += 1
    },
    skip() {
      count += 1
    },
    indexOf: (result) => indices.get(result) ?? 0,
  }
}
