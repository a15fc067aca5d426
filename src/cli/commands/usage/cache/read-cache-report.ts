import type { Config } from '../../../../config/load.ts'
import { type CacheQuery, type CacheReport, createCacheReport } from '../../../../usage/cache/cache-report.ts'
import { passes } from '../../../../usage/request-sums.ts'
import type { RequestRow, UsageFilter } from '../../../../usage/usage-report.ts'
import { currentPrices } from '../current-prices.ts'
import { type UsageFile, whileOpen } from '../usage-file.ts'
import { askServer, type ServerAnswer } from './audited-requests.ts'

/** Reads a report of the prompt cache: from the history, else from the running server (CA-U1). */

export interface FoundCacheReport {
  readonly source: 'history' | 'server'
  readonly report: CacheReport
}

export interface NoCacheReport {
  readonly source: 'none'
  /** Why the server has nothing. */
  readonly server: Exclude<ServerAnswer['kind'], 'requests'> | 'empty'
}

export interface CacheReportOptions {
  readonly file: UsageFile
  readonly query: Omit<CacheQuery, 'priceOf' | 'currency'>
  readonly filter: UsageFilter
  /** Whether to read only the file. */
  readonly isFileOnly: boolean
  /** Reads the secrets of the client tokens. Called only for a server: a keychain may prompt the user. */
  readonly withTokens: () => Promise<Config>
  /** Milliseconds. */
  readonly deadlineMs?: number | undefined
}

const rowsPerPage = 1000

/** Adds the requests of the history. Does nothing without one. */
const addHistory = async (
  { file, query, filter }: CacheReportOptions,
  add: (row: RequestRow) => void,
): Promise<void> => {
  await whileOpen(file, async (history) => {
    let before: string | undefined
    do {
      const { since, until } = query
      const page = await history.requests({ since, until, ...filter, limit: rowsPerPage, before })
      for (const row of page.requests) add(row)
      before = page.next
    } while (before !== undefined)
  })
}

/** Rejects with the errors of the history's file, and with UsageError. */
export const readCacheReport = async (options: CacheReportOptions): Promise<FoundCacheReport | NoCacheReport> => {
  const { file, filter, isFileOnly, withTokens, deadlineMs } = options
  const { config } = file
  const query: CacheQuery = { ...options.query, currency: config.currency, priceOf: currentPrices(config) }
  const ofHistory = createCacheReport(query)
  await addHistory(options, ofHistory.add)
  const report = ofHistory.report()
  if (isFileOnly || report.total.requests > 0) return { source: 'history', report }
  const answer = await askServer(await withTokens(), deadlineMs)
  if (answer.kind !== 'requests') return { source: 'none', server: answer.kind }
  const ofServer = createCacheReport(query)
  for (const row of answer.requests) if (passes(row, filter)) ofServer.add(row)
  const found = ofServer.report()
  return found.total.requests > 0 ? { source: 'server', report: found } : { source: 'none', server: 'empty' }
}
