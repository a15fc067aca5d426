import type { SearchResult } from '../../wire/converse/content.ts'

/** Maps sent search results to the client's: citations count only the sent ones. */
export class SearchResults {
  readonly #indices = new Map<SearchResult, number>()
  #count = 0

  /** Records how the client's next search result is sent. */
  sent(result: SearchResult): void {
    this.#indices.set(result, this.#count)
    this.#count += 1
  }

  /** Skips the client's next search result, which is not sent. */
  skip(): void {
    this.#count += 1
  }

  /** The client's index of a sent search result, from 0. */
  indexOf(result: SearchResult): number {
    return this.#indices.get(result) ?? 0
  }
}
