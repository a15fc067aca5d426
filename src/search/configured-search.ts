import type { Logger } from '../base/logger.ts'
import type { Config } from '../config/load.ts'
import { type HttpProviderName, searchUrl } from '../config/search.ts'
import { createHttpProvider, type HttpProvider, type HttpProviderOptions } from './http-provider.ts'
import { brave } from './providers/brave.ts'
import { createCommandProvider, type RunSearchCommand } from './providers/command.ts'
import { exa } from './providers/exa.ts'
import { google } from './providers/google.ts'
import { searxng } from './providers/searxng.ts'
import { serper } from './providers/serper.ts'
import { tavily } from './providers/tavily.ts'
import { createSearch, type SharedCalls } from './search.ts'
import type { Search, SearchProvider } from './search-provider.ts'

/** Every provider on the network, by its name in `search.provider`. */
const httpProviders: Readonly<Record<HttpProviderName, HttpProvider>> = {
  searxng,
  brave,
  tavily,
  serper,
  google,
  exa,
}

export interface SearchDependencies extends Pick<HttpProviderOptions, 'fetch' | 'maximumConnections'> {
  /** Absent where no programs run. */
  readonly searchCommand?: RunSearchCommand | undefined
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly log: Logger
  /** Absent for a server of one process. */
  readonly state?: SharedCalls | undefined
}

const millisecondsPerSecond = 1000

const providerOf = (search: Config['search'], dependencies: SearchDependencies): SearchProvider | undefined => {
  const { provider: name, timeout, apiKey, engineId } = search
  const { searchCommand } = dependencies
  if (name === 'off') return undefined
  if (name === 'command') return searchCommand && createCommandProvider(searchCommand)
  const url = searchUrl(name, search)
  if (url === undefined) return undefined
  return createHttpProvider(httpProviders[name], {
    ...dependencies,
    name,
    url,
    apiKey,
    engineId,
    timeoutMs: timeout * millisecondsPerSecond,
  })
}

/** The web search that the configuration wants; undefined without one. */
export const createConfiguredSearch = ({ search }: Config, dependencies: SearchDependencies): Search | undefined => {
  const provider = providerOf(search, dependencies)
  if (provider === undefined) return undefined
  const { results: count, timeout, allowedDomains, blockedDomains } = search
  const { now, log, state } = dependencies
  return createSearch({
    provider,
    count,
    timeoutMs: timeout * millisecondsPerSecond,
    allowedDomains,
    blockedDomains,
    now,
    log,
    state,
  })
}
