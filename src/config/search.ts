import { parseDomainRule } from '../base/domain-rule.ts'
import { UsageError } from '../base/usage-error.ts'
import { productName } from '../version.ts'
import { unencryptedHost } from './encryption.ts'
import type { Config } from './load.ts'
import { searchSettings } from './settings/search.ts'
import { runsWebSearch } from './web-search.ts'

/** The provider of web search that the configuration chooses (WS-41). */

type SearchConfig = Config['search']
export type HttpProviderName = Exclude<SearchConfig['provider'], 'off' | 'command'>

/** The official addresses; SearXNG has none. */
const usualUrls: Readonly<Record<Exclude<HttpProviderName, 'searxng'>, string>> = {
  brave: 'https://api.search.brave.com',
  tavily: 'https://api.tavily.com',
  serper: 'https://google.serper.dev',
  google: 'https://customsearch.googleapis.com',
  exa: 'https://api.exa.ai',
}

/** The settings without which a provider cannot work. */
const required: Readonly<Record<Exclude<SearchConfig['provider'], 'off'>, readonly (keyof SearchConfig)[]>> = {
  command: ['command'],
  searxng: ['url'],
  brave: ['apiKey'],
  tavily: ['apiKey'],
  serper: ['apiKey'],
  google: ['apiKey', 'engineId'],
  exa: ['apiKey'],
}

/** The address of a provider on the network. */
export const searchUrl = (name: HttpProviderName, { url }: SearchConfig): string | undefined =>
  url ?? (name === 'searxng' ? undefined : usualUrls[name])

const variableOf = (key: keyof SearchConfig): string =>
  searchSettings.find((setting) => setting.key === `search.${key}`)?.environment[0] ?? ''

const checkRequired = (search: SearchConfig): void => {
  const { provider } = search
  const missing = provider === 'off' ? undefined : required[provider].find((key) => search[key] === undefined)
  if (missing === undefined) return
  const value = missing === 'apiKey' ? '' : ' VALUE'
  throw new UsageError(
    `search.${missing} is not set: the search provider ${provider} needs it. Run ${productName} config set search.${missing}${value}, or set ${variableOf(missing)}.`,
  )
}

const checkUrl = ({ url }: SearchConfig): void => {
  const host = url === undefined ? undefined : unencryptedHost(url)
  if (host === undefined) return
  throw new UsageError(
    `search.url begins with http, so queries and the key would go to ${host} unencrypted. Use https.`,
  )
}

const checkDomains = (search: SearchConfig): void => {
  for (const key of ['allowedDomains', 'blockedDomains'] as const)
    for (const text of search[key])
      if (parseDomainRule(text) === undefined)
        throw new UsageError(
          `search.${key}: ${JSON.stringify(text)} is not a domain. Write example.com or example.com/docs, without https://.`,
        )
}

/** Variables that may have keys of this program and of the services that it uses (WS-43). */
export const isPrivateVariable = (name: string): boolean => /^(?:NEXUS|AWS|ANTHROPIC)_/i.test(name)

/** Names no entry: one with a value may be a secret. */
const checkVariables = ({ env }: SearchConfig): void => {
  if (!env.every((name) => /^[^\s=]+$/.test(name)))
    throw new UsageError('search.env must be names of variables without their values, such as WIKI_URL.')
  const name = env.find(isPrivateVariable)
  if (name === undefined) return
  throw new UsageError(
    `search.env: ${name} is never passed to a program that searches: variables of NEXUS_, AWS_ and ANTHROPIC_ may have keys. Remove it.`,
  )
}

/** Throws UsageError that names the setting. */
export const checkSearch = (config: Config): void => {
  if (!runsWebSearch(config)) return
  const { search } = config
  checkRequired(search)
  checkUrl(search)
  checkDomains(search)
  checkVariables(search)
}

/** Warns of a provider that gets no query (WS-8). */
export const searchWarnings = ({ upstream, search: { provider } }: Config): string[] =>
  upstream === 'anthropic' && provider !== 'off'
    ? [`search.provider: ${provider} has no effect with --upstream anthropic, which searches by itself.`]
    : []

/** The address that gets the queries; undefined for a program, and if this server does not search. */
export const usedSearchUrl = (config: Config): string | undefined => {
  const { provider } = config.search
  return provider === 'off' || provider === 'command' || !runsWebSearch(config)
    ? undefined
    : searchUrl(provider, config.search)
}
