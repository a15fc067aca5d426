import { hostsOf, wholeHostsOf } from './domain-rules.ts'
import type { SearchQuery } from './search-provider.ts'

/** Parts of requests that several providers share. */

/** With rules, as many results as the provider gives: those that do not fit are left out afterwards. */
export const countFor = ({ count, allowedDomains, blockedDomains }: SearchQuery, most: number): number =>
  allowedDomains.length + blockedDomains.length > 0 ? most : Math.min(count, most)

/** More make a query that search engines cut or refuse. */
const mostSites = 8

/**
 * The query for a provider without a member for domains: it names the allowed ones in the way that search engines know.
 * Without that, hardly any result would fit.
 */
export const queryWithSites = ({ query, allowedDomains }: SearchQuery, mostCharacters: number): string => {
  const sites = hostsOf(allowedDomains).map((host) => `site:${host}`)
  if (sites.length === 0 || sites.length > mostSites) return query
  const joined = sites.length === 1 ? sites.join() : `(${sites.join(' OR ')})`
  const text = `${query} ${joined}`
  return text.length > mostCharacters ? query : text
}

/** The allowed hosts for a provider that takes at most this many; undefined for all hosts. */
export const allowedHosts = ({ allowedDomains }: SearchQuery, most: number): string[] | undefined => {
  const hosts = hostsOf(allowedDomains)
  return hosts.length === 0 || hosts.length > most ? undefined : hosts
}

/** The blocked hosts for a provider that takes at most this many; undefined for none. */
export const blockedHosts = ({ blockedDomains }: SearchQuery, most: number): string[] | undefined => {
  const hosts = wholeHostsOf(blockedDomains).slice(0, most)
  return hosts.length === 0 ? undefined : hosts
}
