import { isObject } from '../../base/json.ts'
import type { HttpProvider } from '../http-provider.ts'
import { readResults } from '../provider-answers.ts'
import { countFor, queryWithSites } from '../provider-queries.ts'
import type { SearchQuery } from '../search-provider.ts'

/** Characters; Brave refuses a longer query. */
const longestQuery = 400
const mostWords = 50
const mostResults = 20

/** Brave refuses a search with another country. */
const countries: ReadonlySet<string> = new Set(
  'AR AU AT BE BR CA CL DK FI FR DE HK IN ID IT JP KR MY MX NL NZ NO CN PL PT PH RU SA ZA ES SE CH TW TR GB US'.split(
    ' ',
  ),
)

const countryOf = (country: string | undefined): string | undefined => {
  const code = country?.toUpperCase()
  return code !== undefined && countries.has(code) ? code : undefined
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

const decodeEntity = (whole: string, name: string): string => {
  if (!name.startsWith('#')) return entities[name.toLowerCase()] ?? whole
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
}

/** Brave marks the words of the query, and writes some characters as in HTML. */
const toPlain = (text: string): string =>
  text.replaceAll(/<\/?strong>/gi, '').replaceAll(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,4});/gi, decodeEntity)

const wordsOf = (text: string): string[] => text.split(/\s+/)

/** Brave refuses a query of more words: without the last ones, it still finds something. */
const queryFor = (query: SearchQuery): string => {
  const text = wordsOf(query.query).slice(0, mostWords).join(' ')
  const withSites = queryWithSites({ ...query, query: text }, longestQuery)
  return wordsOf(withSites).length > mostWords ? text : withSites
}

/** @see https://api-dashboard.search.brave.com/app/documentation/web-search/query */
export const brave: HttpProvider = {
  path: '/res/v1/web/search',
  key: { header: 'x-subscription-token' },
  toRequest: (query) => ({
    parameters: {
      q: queryFor(query),
      count: String(countFor(query, mostResults)),
      country: countryOf(query.location?.country),
    },
  }),
  toResults({ web }) {
    // Absent if nothing was found.
    const list = web === undefined ? [] : isObject(web) ? web['results'] : undefined
    const results = readResults(list, { title: 'title', url: 'url', snippet: 'description', date: 'page_age' })
    return results.map(({ title, snippet, ...others }) => ({
      ...others,
      title: toPlain(title),
      snippet: toPlain(snippet),
    }))
  },
}
