import { findTimeZone } from '../../../base/time-zone.ts'
import type { UsageReport } from '../../../usage/usage-report.ts'
import { productName } from '../../../version.ts'
import { counted } from './figures.ts'

/** What the table of `usage` does not show: its period, and what its sums leave out. */

interface NoteOptions {
  /** Columns that do not fit into the terminal. */
  readonly omitted: readonly string[]
  readonly limit: number | undefined
  readonly isRepriced: boolean
}

const two = (value: number): string => String(value).padStart(2, '0')

const shownTime = (iso: string, timezone: string): string => {
  const time = findTimeZone(timezone)?.civilAt(Date.parse(iso))
  if (time === undefined) return iso
  return `${time.year}-${two(time.month)}-${two(time.day)} ${two(time.hour)}:${two(time.minute)}`
}

export const periodText = ({ since, until, timezone }: Pick<UsageReport, 'since' | 'until' | 'timezone'>): string =>
  `${shownTime(since, timezone)} to ${shownTime(until, timezone)} (${timezone})`

const costNotes = ({ total: { cost, unpriced }, currency }: UsageReport, isRepriced: boolean): string[] => {
  if (cost === undefined) {
    return unpriced === 0 ? [] : ['No request has a price. To see costs, set prices: docs/operate.md#cost.']
  }
  const prices = isRepriced ? 'by the prices of now' : 'by the prices at the time of each request'
  const left = unpriced === 0 ? '' : ` Without a price, and not part of them: ${counted(unpriced, 'request')}.`
  return [`Costs are estimates in ${currency}, ${prices}.${left}`]
}

export const usageNotes = (report: UsageReport, { omitted, limit, isRepriced }: NoteOptions): string[] => {
  if (report.total.requests === 0) return [`No request from ${periodText(report)}.`]
  return [
    `From ${periodText(report)}.`,
    ...costNotes(report, isRepriced),
    ...(limit === report.rows.length ? [`At most ${counted(limit, 'row')}: the total counts all.`] : []),
    ...(omitted.length === 0
      ? []
      : [`Columns left out: ${omitted.join(', ')}. Widen the terminal, or run ${productName} usage --json.`]),
  ]
}
