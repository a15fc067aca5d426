import type { HttpProvider } from '../http-provider.ts'
import { readResults } from '../provider-answers.ts'
import { queryWithSites } from '../provider-queries.ts'

/** Characters. The server passes the query to search engines. */
const longestQuery = 2000

/**
 * The operator must have switched JSON on: without it, the server answers 403.
 * @see https://docs.searxng.org/dev/search_api.html
 */
export const searxng: HttpProvider = {
  path: '/search',
  toRequest: (query) => ({
    parameters: { q: queryWithSites(query, longestQuery), format: 'json', language: 'all' },
  }),
  toResults: ({ results }) =>
    readResults(results, { title: 'title', url: 'url', snippet: 'content', date: 'publishedDate' }),
}
