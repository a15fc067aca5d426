import type { Config } from '../../config/load.ts'
import { usedSearchUrl } from '../../config/search.ts'
import { runsWebSearch } from '../../config/web-search.ts'
import { helperName } from '../credentials/key-helper.ts'

/** Who gets the queries of web search, for users: a host, or a program. Undefined if this server does not search. */
export const searchTarget = (config: Config): string | undefined => {
  const { search } = config
  if (search.provider === 'command' && runsWebSearch(config)) return `the program ${helperName(search.command ?? [])}`
  return URL.parse(usedSearchUrl(config) ?? '')?.host
}
