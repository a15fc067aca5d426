import { hasWebSearch } from '../../config/web-search.ts'
import { productName } from '../../version.ts'
import { settingsFiles } from '../claude-code/settings-files.ts'
import {
  isSearchDecided,
  preflightKey,
  preflightSetting,
  searchDenial,
  skipsPreflight,
} from '../claude-code/web-tools.ts'
import { proxyOnTheWay } from '../system/proxy.ts'
import { type Finding, info, ok, warn } from './check.ts'
import type { DoctorContext } from './context.ts'
import { type EndpointProbe, probeEndpoint, proxyLoginStatus } from './probe-endpoint.ts'

/** Checks Claude Code's web tools, also for launches that pass no settings: the command of `start`, and `env`. */

const otherLaunches = `${productName} claude sets this; for other launches, add to your settings.json:`

/** WebFetch asks here about each domain before it fetches a page, unless a setting disables that. */
export const preflightHost = 'api.anthropic.com'
const preflightUrl = new URL(`https://${preflightHost}/api/web/domain_info`)

/** Whether doctor sends the one request of `webFetchFinding`. */
export const probesPreflight = ({ io, setUp, isOffline, isSimulated }: DoctorContext): boolean =>
  setUp !== undefined &&
  setUp.loaded.config.upstream !== 'anthropic' &&
  !isOffline &&
  !isSimulated &&
  preflightSetting(settingsFiles(io.machine))?.settings?.[preflightKey] !== true

const firstServerError = 500
/** The answers of networks that block a host: a page that refuses, or a proxy. */
const blocked: readonly number[] = [403, proxyLoginStatus, 451]

/** Why WebFetch cannot ask; undefined if it can. A redirect leads to a page of the network. */
const blockOf = (probe: EndpointProbe): string | undefined => {
  if ('error' in probe) return probe.error.message
  const { status } = probe
  const isRedirect = status >= 300 && status <= 399
  return isRedirect || status >= firstServerError || blocked.includes(status) ? `HTTP ${status}` : undefined
}

/** What to do where no launch of this program sets the setting, and where only other launches lack it. */
const whereToSet = (isSetByClaude: boolean, path: string | undefined): string => {
  const setting = `{ "${preflightKey}": true }`
  if (path !== undefined)
    return `If ${preflightHost} is blocked, WebFetch fails for every URL. Set in that file: ${setting}`
  if (isSetByClaude) return `${otherLaunches}\n  ${setting}`
  return `Set search.skipWebFetchPreflight to true for ${productName} claude; for other launches, add to your settings.json:\n  ${setting}`
}

/** Sends one request, without data, if WebFetch would ask Anthropic. */
export const webFetchFinding = async (context: DoctorContext, url = preflightUrl): Promise<Finding> => {
  const { io, setUp } = context
  const found = preflightSetting(settingsFiles(io.machine))
  const data = { preflight: found?.settings?.[preflightKey] !== true }
  if (found !== undefined && !data.preflight)
    return ok(`works without ${preflightHost}: ${preflightKey} in ${found.path}`, data)
  const isSetByClaude = found === undefined && (setUp === undefined || skipsPreflight(setUp.loaded.config))
  const remedy = whereToSet(isSetByClaude, found?.path)
  const asks = `asks ${preflightHost} about each domain first`
  const cause = found === undefined ? '' : ` (${preflightKey} is off in ${found.path})`
  if (!probesPreflight(context)) return { ...info(`${asks}, and fails if that host is blocked${cause}`, data), remedy }
  const proxy = proxyOnTheWay(io.machine.environment, url.href)
  const block = blockOf(await probeEndpoint(url.href, { host: url.host, isPlain: url.protocol === 'http:', proxy }))
  if (block === undefined) return ok(`${asks}, which works in this network${cause}`, { ...data, isBlocked: false })
  const words = `${asks}${cause}, which is blocked here: every fetch fails without the setting below\n${block}`
  return { ...(isSetByClaude ? info : warn)(words), remedy, data: { ...data, isBlocked: true } }
}

/** Whether WebSearch works, and whether Claude Code offers it. A rule that denied it while it failed may be left. */
export const webSearchFinding = ({ io: { machine }, loaded }: DoctorContext): Finding => {
  const ruled = settingsFiles(machine).find((file) => isSearchDecided([file]))
  const rule = ruled && `a rule in ${ruled.path} decides whether Claude Code offers it`
  if (loaded !== undefined && hasWebSearch(loaded.config))
    return rule === undefined ? ok('Claude Code offers it, and this server searches') : info(`works here; ${rule}`)
  if (rule !== undefined) return info(`does not work here; ${rule}`)
  return {
    ...info('does not work here: web search is off, but Claude Code offers the tool'),
    remedy: `Switch it on with --search. If it stays off: ${otherLaunches}\n  ${searchDenial}`,
  }
}
