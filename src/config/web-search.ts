import type { Config } from './load.ts'

/** Who searches the web for the model (WS-1, WS-8). */

type SearchConfig = Pick<Config, 'upstream' | 'search'>

/** Whether this server searches. */
export const runsWebSearch = ({ upstream, search }: SearchConfig): boolean =>
  upstream !== 'anthropic' && search.provider !== 'off'

/** Whether clients may offer web search: this server searches, or the upstream does. */
export const hasWebSearch = (config: SearchConfig): boolean => config.upstream === 'anthropic' || runsWebSearch(config)
