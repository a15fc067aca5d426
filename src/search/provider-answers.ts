import { type Json, objectsIn } from '../base/json.ts'
import { SearchError, type SearchResult } from './search-provider.ts'

/** Reads results from answers, whatever they contain. */

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The names that a provider has for the members of a result. */
interface ResultNames {
  readonly title: string
  readonly url: string
  readonly snippet: string
  /** Absent for a provider without dates. */
  readonly date?: string
}

/** Members of other types count as absent. Throws SearchError for a value that is not a list. */
export const readResults = (list: unknown, { title, url, snippet, date = '' }: ResultNames): SearchResult[] => {
  if (!Array.isArray(list)) throw new SearchError('unavailable', { reason: 'the answer has no list of results' })
  return objectsIn(list).map((result: Json) => ({
    title: textOf(result[title]),
    url: textOf(result[url]),
    snippet: textOf(result[snippet]),
    pageAge: textOf(result[date]) || null,
  }))
}
