import { attempt } from '../../base/attempt.ts'
import { createLogger, type LogFields } from '../../base/logger.ts'
import type { Config } from '../../config/load.ts'
import { checkSearch } from '../../config/search.ts'
import { runsWebSearch } from '../../config/web-search.ts'
import { productName } from '../../version.ts'
import { composeSearch } from '../compose.ts'
import { searchTarget } from '../search/search-target.ts'
import { type CheckGroup, type Finding, fail, info, ok, skip, splitRemedy, warn } from './check.ts'
import { type DoctorContext, fixConfigurationFirst } from './context.ts'

/** Checks web search with one real search. Shows no title: it is text from the web. */

const word = 'test'

const off: Finding = {
  ...info('off: models cannot search the web'),
  remedy: `To switch it on, choose a provider, and store its key:\n  ${productName} config set search.provider brave\n  ${productName} config set search.apiKey`,
}

/** An invalid setting could send the key unencrypted: the server would not start with it. */
const isValid = (config: Config): boolean =>
  attempt(() => {
    checkSearch(config)
    return true
  }) === true

/** The host or the program that gets the one search of doctor; undefined if doctor makes none. */
export const searchedBy = ({ setUp, isOffline }: DoctorContext): string | undefined => {
  const config = setUp?.loaded.config
  return config === undefined || isOffline || !runsWebSearch(config) || !isValid(config)
    ? undefined
    : searchTarget(config)
}

/** The status, the exit code, or a fixed sentence. */
const causeOf = ({ status, exitCode, reason }: LogFields): string =>
  [status === undefined ? [] : `status ${status}`, exitCode === undefined ? [] : `exit code ${exitCode}`, reason ?? []]
    .flat()
    .map((fact) => `, ${fact}`)
    .join('')

/** Of a provider that knows no such key. */
const refusals: readonly unknown[] = [400, 401, 403, 422]

const remedyFor = ({ provider }: Config['search'], { code, status }: LogFields): string => {
  if (code === 'too_many_requests') return 'The provider allows no more searches now. Check your plan there.'
  if (provider === 'command')
    return 'Run the program of search.command yourself: it reads one JSON object, and writes one.'
  if (provider === 'searxng' && status === 403) return 'Add json to search.formats in the settings.yml of SearXNG.'
  if (refusals.includes(status)) return 'Check search.apiKey, and with google search.engineId.'
  return 'Check search.url, search.timeout and the proxy.'
}

const searchOnce = async ({ io }: DoctorContext, config: Config, target: string): Promise<Finding> => {
  let failure: LogFields = {}
  const log = createLogger('warn', ({ fields }) => {
    failure = fields
  })
  const search = await composeSearch(config, io.machine, log)
  if (search === undefined) return off
  const { provider } = config.search
  const startedAt = performance.now()
  const request = { query: word, allowedDomains: [], blockedDomains: [] }
  const outcome = await search.run(request, new AbortController().signal)
  const ms = Math.round(performance.now() - startedAt)
  if ('errorCode' in outcome) {
    const { errorCode: code } = outcome
    // The reason of a connection that failed has a remedy of its own.
    const { detail, remedy } = splitRemedy(`a search with ${target} failed: ${code}${causeOf(failure)}`)
    return fail(detail, remedy || remedyFor(config.search, { ...failure, code }), { provider, code, ms })
  }
  const { length: results } = outcome.results
  const words = `${target} found ${results} ${results === 1 ? 'result' : 'results'} for the word ${word} (${ms} ms)`
  const data = { provider, results, ms }
  const remedy = 'Check search.allowedDomains, search.blockedDomains, and what the provider searches.'
  return results === 0 ? warn(words, remedy, data) : ok(words, data)
}

const findingOf = (context: DoctorContext): Finding | Promise<Finding> => {
  const { setUp, loaded } = context
  if (loaded?.config.upstream === 'anthropic') return skip("Anthropic's own API")
  if (loaded?.config.search.provider === 'off') return off
  if (setUp === undefined || !isValid(setUp.loaded.config)) return skip(fixConfigurationFirst)
  const target = searchedBy(context)
  return target === undefined ? skip('--offline: no requests') : searchOnce(context, setUp.loaded.config, target)
}

export const searchChecks = (context: DoctorContext): CheckGroup => ({
  title: 'Web search',
  checks: [{ id: 'search', title: 'Search', run: () => findingOf(context) }],
})
