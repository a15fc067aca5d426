import type { Logger } from '../base/logger.ts'
import type { Config } from '../config/load.ts'
import type { TokenStatistics } from '../gateway/observers/token-statistics.ts'
import type { Io } from './terminal/io.ts'
import { printer } from './terminal/printer.ts'
import { tokenReport, tokenReportFields } from './terminal/token-report.ts'

export interface TokenReportsOptions {
  readonly config: Pick<Config, 'statsInterval' | 'logging'>
  readonly statistics: TokenStatistics
  readonly log: Logger
  readonly io: Pick<Io, 'err'>
  readonly date: () => Date
  /** Seconds since the start. */
  readonly uptime: () => number
}

const millisecondsPerSecond = 1000

/** Prints the table, or logs its figures in a JSON log, at each interval (AU-U8). Returns what stops it. */
export const startTokenReports = (options: TokenReportsOptions): (() => void) => {
  const { config, statistics, log, io, date, uptime } = options
  if (config.statsInterval === 0) return () => {}
  const report = (): void => {
    const uptimeSeconds = uptime()
    if (config.logging.format !== 'text') {
      const fields = tokenReportFields(statistics, { uptimeSeconds })
      if (fields !== undefined) log.info('tokens.report', fields)
      return
    }
    const text = tokenReport(statistics, { date: date().toLocaleString(), uptimeSeconds })
    if (text !== undefined) printer(io).info(text)
  }
  const timer = setInterval(report, config.statsInterval * millisecondsPerSecond)
  return () => clearInterval(timer)
}
