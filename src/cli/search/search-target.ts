import type { Config } from '../../config/load.ts'
import { searchHost } from '../../config/search.ts'
import { helperName } from '../credentials/key-helper.ts'

/** Who gets the queries of web search, for users: a host, or a program. Undefined if this server does not search. */
export const searchTarget = (config: Config): string | undefined => {
  const { search, upstream } = config
  const isProgram = search.provider === 'command' && upstream !== 'anthropic'
  return isProgram ? `the program ${helperName(search.command ?? [])}` : searchHost(config)
}
