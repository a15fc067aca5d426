import type { HttpProvider } from '../http-provider.ts'
import { readResults } from '../provider-answers.ts'
import { countFor, queryWithSites } from '../provider-queries.ts'

/** Characters; Google refuses a longer URL. */
const longestQuery = 1500
const mostResults = 10

/** @see https://developers.google.com/custom-search/v1/reference/rest/v1/cse/list */
export const google: HttpProvider = {
  path: '/customsearch/v1',
  key: { parameter: 'key' },
  toRequest: (query, engineId) => ({
    parameters: {
      cx: engineId,
      q: queryWithSites(query, longestQuery),
      num: String(countFor(query, mostResults)),
    },
  }),
  // Absent if nothing was found.
  toResults: ({ items = [] }) => readResults(items, { title: 'title', url: 'link', snippet: 'snippet' }),
}
