import { findTimeZone } from '../../base/time-zone.ts'
import { auditsCache } from '../../config/audits-cache.ts'
import type { Config } from '../../config/load.ts'
import type { CacheReport } from '../../usage/cache/cache-report.ts'
import { productName } from '../../version.ts'
import { adviceText } from '../commands/usage/cache/advice-text.ts'
import { readCacheReport } from '../commands/usage/cache/read-cache-report.ts'
import { counted, percent } from '../commands/usage/figures.ts'
import { configuredFile } from '../commands/usage/usage-file.ts'
import { findRunningServer } from '../server-lifecycle.ts'
import type { Io } from '../terminal/io.ts'
import { type Check, type Finding, info, ok, warn } from './check.ts'
import type { DoctorContext } from './context.ts'

/** Shows what the audit of the prompt cache found (CA-A2, CA-T7). Only if the configuration has it. */

const weekMs = 604_800_000

/** Of the last week; undefined if there is nothing to read. */
const reportOf = async (config: Config, io: Io): Promise<CacheReport | undefined> => {
  const zone = findTimeZone('UTC')
  if (zone === undefined) return undefined
  const until = Date.now()
  try {
    const found = await readCacheReport({
      file: configuredFile(config, io),
      query: { by: 'session', since: until - weekMs, until, zone },
      filter: {},
      isFileOnly: false,
      withTokens: async () => config,
      deadlineMs: io.times?.healthMs,
    })
    return found.source === 'none' || found.report.total.requests === 0 ? undefined : found.report
  } catch {
    // `usage --cache` says what is wrong with the history.
    return undefined
  }
}

const faultRemedy = `Report this as a bug, with the lines cache.our_fault of the log: they have no content. ${productName} usage --cache shows what it cost.`

const cacheFinding = async (config: Config, io: Io): Promise<Finding> => {
  const server = config.port === 0 ? undefined : await findRunningServer(config.host, config.port)
  const { ourFaults = 0 } = server?.cache ?? {}
  if (ourFaults > 0)
    return warn(`this server made ${counted(ourFaults, 'request')} miss the prompt cache`, faultRemedy, { ourFaults })
  const report = await reportOf(config, io)
  if (report === undefined) return info('audited; no request of the last week has been seen yet')
  const { requests, cacheHitRate, missedTokens } = report.total
  const data = { requests, missedTokens, cacheHitRate: cacheHitRate ?? null }
  const detail = `${percent(cacheHitRate)} of the input of ${counted(requests, 'request')} came from the cache`
  if (report.advice === undefined) return ok(detail, data)
  const advice = adviceText(report.advice, config.cache.ttl)
  return {
    ...info(`${detail}\n${advice.detail}`, { ...data, lifetime: report.advice.lifetime ?? null }),
    remedy: advice.remedy,
  }
}

export const cacheChecks = ({ loaded, io }: DoctorContext): Check[] => {
  if (loaded === undefined || !auditsCache(loaded.config)) return []
  return [{ id: 'cache-audit', title: 'Cache audit', run: () => cacheFinding(loaded.config, io) }]
}
