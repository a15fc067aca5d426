import type { HttpProvider } from '../http-provider.ts'
import { readResults } from '../provider-answers.ts'
import { allowedHosts, blockedHosts, countFor } from '../provider-queries.ts'

const mostResults = 20
const mostAllowed = 300
const mostBlocked = 150

/** Tavily has names of its own for countries. Others are left out: it refuses a search with an unknown name. */
const countries: Readonly<Record<string, string>> = {
  AR: 'argentina',
  AT: 'austria',
  AU: 'australia',
  BE: 'belgium',
  BR: 'brazil',
  CA: 'canada',
  CH: 'switzerland',
  CL: 'chile',
  CN: 'china',
  CO: 'colombia',
  DE: 'germany',
  DK: 'denmark',
  ES: 'spain',
  FI: 'finland',
  FR: 'france',
  GB: 'united kingdom',
  GR: 'greece',
  HU: 'hungary',
  ID: 'indonesia',
  IE: 'ireland',
  IL: 'israel',
  IN: 'india',
  IT: 'italy',
  JP: 'japan',
  KR: 'south korea',
  MX: 'mexico',
  MY: 'malaysia',
  NL: 'netherlands',
  NO: 'norway',
  NZ: 'new zealand',
  PL: 'poland',
  PT: 'portugal',
  RO: 'romania',
  SE: 'sweden',
  SG: 'singapore',
  TH: 'thailand',
  UA: 'ukraine',
  US: 'united states',
  ZA: 'south africa',
}

/** @see https://docs.tavily.com/documentation/api-reference/endpoint/search */
export const tavily: HttpProvider = {
  path: '/search',
  key: { header: 'authorization', prefix: 'Bearer ' },
  toRequest: (query) => ({
    body: {
      query: query.query,
      max_results: countFor(query, mostResults),
      include_domains: allowedHosts(query, mostAllowed),
      exclude_domains: blockedHosts(query, mostBlocked),
      country: countries[query.location?.country?.toUpperCase() ?? ''],
    },
  }),
  toResults: ({ results }) =>
    readResults(results, { title: 'title', url: 'url', snippet: 'content', date: 'published_date' }),
}
