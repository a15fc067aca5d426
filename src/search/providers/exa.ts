import type { HttpProvider } from '../http-provider.ts'
import { readResults } from '../provider-answers.ts'
import { allowedHosts, blockedHosts, countFor } from '../provider-queries.ts'

const mostResults = 20
const mostDomains = 1000
/** As long as a snippet may be. */
const textCharacters = 2000

/** @see https://docs.exa.ai/reference/search */
export const exa: HttpProvider = {
  path: '/search',
  key: { header: 'x-api-key' },
  toRequest: (query) => ({
    body: {
      query: query.query,
      numResults: countFor(query, mostResults),
      includeDomains: allowedHosts(query, mostDomains),
      excludeDomains: blockedHosts(query, mostDomains),
      userLocation: query.location?.country?.toUpperCase(),
      contents: { text: { maxCharacters: textCharacters } },
    },
  }),
  toResults: ({ results }) =>
    readResults(results, { title: 'title', url: 'url', snippet: 'text', date: 'publishedDate' }),
}
