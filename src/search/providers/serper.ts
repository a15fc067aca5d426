import type { HttpProvider } from '../http-provider.ts'
import { readResults } from '../provider-answers.ts'
import { countFor, queryWithSites } from '../provider-queries.ts'

/** Characters; Google cuts a longer query. */
const longestQuery = 2000
const mostResults = 20

/** @see https://serper.dev */
export const serper: HttpProvider = {
  path: '/search',
  key: { header: 'x-api-key' },
  toRequest: (query) => ({
    body: {
      q: queryWithSites(query, longestQuery),
      num: countFor(query, mostResults),
      gl: query.location?.country?.toLowerCase(),
    },
  }),
  toResults: ({ organic }) => readResults(organic, { title: 'title', url: 'link', snippet: 'snippet', date: 'date' }),
}
