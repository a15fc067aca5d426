import type { LogFields } from '../../base/logger.ts'
import {
  createStatistics,
  type DomainStatistics,
  type TokenStatistics,
} from '../../gateway/observers/token-statistics.ts'

/** The report of `--stats-interval`, in the layout of the program that this one replaces (AU-U8, M19). */

/** The rules are longer than the rows, as in the original. */
const ruleWidth = 90
const domainWidth = 25

const group = (tokens: number): string => tokens.toLocaleString('en-US')

/** Each column after the domain: its title, its width and its figure. */
const columns: readonly (readonly [title: string, width: number, figure: (of: DomainStatistics) => string])[] = [
  ['Reqs', 6, ({ requestCount }) => String(requestCount)],
  ['Query', 7, ({ queryEvaluationCount }) => String(queryEvaluationCount)],
  ['Infer', 7, ({ inferenceCount }) => String(inferenceCount)],
  ['Tools', 7, ({ toolCallCount }) => String(toolCallCount)],
  ['Input Tok', 12, ({ inputTokens }) => group(inputTokens)],
  ['Output Tok', 12, ({ outputTokens }) => group(outputTokens)],
  ['Total Tok', 12, ({ inputTokens, outputTokens }) => group(inputTokens + outputTokens)],
]

const head = 'Domain'.padEnd(domainWidth) + columns.map(([title, width]) => title.padStart(width)).join('')

const toRow = (domain: string, statistics: DomainStatistics): string => {
  const name = domain.length > domainWidth ? `${domain.slice(0, domainWidth - 1)}…` : domain.padEnd(domainWidth)
  return name + columns.map(([, width, figure]) => figure(statistics).padStart(width)).join('')
}

const secondsPerMinute = 60
const secondsPerHour = 3600
const secondsPerDay = 86_400

/** `2m 15s`; only the seconds may be 0. */
const toUptime = (seconds: number): string => {
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / secondsPerDay), 'd'],
    [Math.floor((seconds % secondsPerDay) / secondsPerHour), 'h'],
    [Math.floor((seconds % secondsPerHour) / secondsPerMinute), 'm'],
  ]
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit} `)
  return `${shown.join('')}${Math.floor(seconds % secondsPerMinute)}s`
}

type Domains = readonly (readonly [domain: string, statistics: DomainStatistics])[]

const sorted = (statistics: TokenStatistics): Domains =>
  Array.from(statistics.byDomain()).sort(([a], [b]) => a.localeCompare(b, 'en'))

/** All domains together; `lastUpdated` has no meaning there. */
const totalOf = (domains: Domains): DomainStatistics => {
  const total = createStatistics()
  const members = Object.keys(total) as (keyof DomainStatistics)[]
  for (const [, statistics] of domains) for (const member of members) total[member] += statistics[member]
  return total
}

export interface ReportTime {
  /** Date and time, in the user's own format. */
  readonly date: string
  readonly uptimeSeconds: number
}

/** The table, with a blank line before it. Undefined while there is nothing to report. */
export const tokenReport = (statistics: TokenStatistics, { date, uptimeSeconds }: ReportTime): string | undefined => {
  const domains = sorted(statistics)
  if (domains.length === 0) return undefined
  const [double, single] = ['='.repeat(ruleWidth), '-'.repeat(ruleWidth)]
  const title = `Token Usage Report - ${date} (Uptime: ${toUptime(uptimeSeconds)})`
  const rows = domains.map(([domain, of]) => toRow(domain, of))
  return ['', double, title, double, head, single, ...rows, single, toRow('TOTAL', totalOf(domains)), double, ''].join(
    '\n',
  )
}

/** The same figures for a log record: the sums, and the table as JSON. Undefined while there is nothing to report. */
export const tokenReportFields = (
  statistics: TokenStatistics,
  { uptimeSeconds }: Pick<ReportTime, 'uptimeSeconds'>,
): LogFields | undefined => {
  const domains = sorted(statistics)
  if (domains.length === 0) return undefined
  const { lastUpdated: _, ...total } = totalOf(domains)
  return { uptime: Math.floor(uptimeSeconds), ...total, domains: JSON.stringify(Object.fromEntries(domains)) }
}
