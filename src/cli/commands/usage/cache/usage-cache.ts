import { UsageError } from '../../../../base/usage-error.ts'
import type { Config } from '../../../../config/load.ts'
import { type CacheReport, cacheKeys } from '../../../../usage/cache/cache-report.ts'
import { mostRequests } from '../../../../usage/cache/cache-use.ts'
import { fewestRequests } from '../../../../usage/cache/lifetimes.ts'
import { productName } from '../../../../version.ts'
import { readConfig } from '../../../config/config-input.ts'
import { choiceFlag, textFlag } from '../../../parse/arguments.ts'
import type { Flags } from '../../../parse/parsed-arguments.ts'
import type { Io } from '../../../terminal/io.ts'
import { printer } from '../../../terminal/printer.ts'
import { counted, wholeNumber } from '../figures.ts'
import { clockOf, countFlag, filterOf } from '../flags.ts'
import { readPeriod } from '../period.ts'
import { withUsageFile } from '../usage-file.ts'
import { periodText } from '../usage-notes.ts'
import { adviceText } from './advice-text.ts'
import { cacheLines, lifetimeLines } from './cache-table.ts'
import { type FoundCacheReport, type NoCacheReport, readCacheReport } from './read-cache-report.ts'

/** `usage --cache`: why requests missed the prompt cache, and what that cost (CA-U1, CA-U2, CA-T7). */

const turnOn = `${productName} config set cacheAudit on`
const keepHistory = `${productName} config set history.enabled true`

const reasons: Readonly<Record<NoCacheReport['server'], string>> = {
  silent: `No server answers. Turn on the audit of the cache, and start the server: ${turnOn}`,
  off: `The running server does not audit the cache. Turn that on, and start the server again: ${turnOn}`,
  unauthorized: 'The running server requires a client token: set NEXUS_CLIENT_TOKEN.',
  forbidden: `The running server shows them only on an address like 127.0.0.1. Keep a history instead: ${keepHistory}`,
  empty: 'The running server has answered no such request since its start.',
}

/** The words for a server without the audit do not fit if the configuration has turned it on. */
const reasonOf = (server: NoCacheReport['server'], { cacheAudit }: Pick<Config, 'cacheAudit'>): string => {
  if (cacheAudit === 'off') return reasons[server]
  if (server === 'silent') return `No server answers. Start it: ${productName} start`
  if (server === 'off')
    return 'The running server does not audit the cache. The configuration does: start the server again.'
  return reasons[server]
}

const notesOf = ({ source, report }: FoundCacheReport, ttl: string): string[] => {
  const { unknownRequests, total, currency, lifetimes, advice } = report
  const { detail, remedy } = advice === undefined ? {} : adviceText(advice, ttl)
  return [
    source === 'history'
      ? `From ${periodText(report)}.`
      : `From the running server, which keeps the last ${wholeNumber(mostRequests)} requests since its start. For more, keep a history: ${keepHistory}`,
    ...(unknownRequests === 0
      ? []
      : [`Not counted, because their cache was not audited: ${counted(unknownRequests, 'request')}.`]),
    ...(total.missCost === undefined
      ? []
      : [
          `Costs are estimates in ${currency}, by the prices at the time of each request; those of other lifetimes are by the prices of now.`,
        ]),
    ...(lifetimes === undefined
      ? [`To compare other lifetimes, the report needs ${fewestRequests} requests and an hour.`]
      : []),
    ...(detail === undefined ? [] : [`${detail} ${remedy}`]),
  ]
}

const printReport = (found: FoundCacheReport, ttl: string, io: Io): void => {
  const { report } = found
  const columns = io.isOutTerminal ? io.outColumns : Number.POSITIVE_INFINITY
  io.out(`${[...cacheLines(report, columns), ...lifetimeLines(report, columns)].join('\n')}\n`)
  printer(io).info(notesOf(found, ttl).join('\n'))
}

const printNothing = (report: Pick<CacheReport, 'since' | 'until' | 'timezone'>, reason: string, io: Io): void =>
  printer(io).info(`No request with an audited cache from ${periodText(report)}. ${reason}`)

/** Flags of the other report. */
const otherFlags = ['csv', 'reprice'] as const

/** Rejects with UsageError. */
export const runUsageCache = (flags: Flags, usualSince: string, io: Io): Promise<number> => {
  for (const name of otherFlags) if (flags[name] === true) throw new UsageError(`Use --cache without --${name}.`)
  const clock = clockOf(flags)
  const period = readPeriod(textFlag(flags, 'since') ?? usualSince, textFlag(flags, 'until'), clock)
  const query = {
    ...period,
    by: choiceFlag(flags, 'by', cacheKeys) ?? 'session',
    zone: clock.zone,
    session: textFlag(flags, 'session'),
    limit: countFlag(flags, 'limit'),
  }
  const secrets = ['clientToken', 'clientTokens'] as const
  const options = {
    query,
    filter: filterOf(flags),
    isFileOnly: textFlag(flags, 'file') !== undefined,
    deadlineMs: io.times?.healthMs,
    withTokens: async () =>
      (await readConfig({ ...flags, model: undefined }, io, { secrets, isTolerant: true })).config,
  }
  return withUsageFile(flags, io, async (file) => {
    const found = await readCacheReport({ ...options, file })
    const named = {
      since: new Date(period.since).toISOString(),
      until: new Date(period.until).toISOString(),
      timezone: clock.zone.name,
    }
    if (found.source === 'none') {
      printNothing(named, reasonOf(found.server, file.config), io)
      return 1
    }
    if (flags['json'] === true) io.out(`${JSON.stringify({ source: found.source, ...found.report }, undefined, 2)}\n`)
    else if (found.report.total.requests === 0) printNothing(named, '', io)
    else printReport(found, file.config.cache.ttl, io)
    return 0
  })
}
