import type { UsageReport, UsageRow } from '../usage/usage-report.ts'
import { type Column, create, createTable } from './dom.ts'
import { amount, duration, exact, money, orNone, percent } from './format.ts'
import { modelName, nameLine } from './names.ts'
import type { Breakdown } from './range.ts'

/** The figures by model, client or session. */

const titles: Readonly<Record<Breakdown, string>> = {
  model: 'Model',
  client: 'Client',
  session: 'Session',
  error: 'Error',
}

const emptyTexts: Readonly<Record<Breakdown, string>> = {
  model: 'No requests in this time.',
  client: 'No requests of named clients in this time. “nexus-claude-api clients add NAME” creates a client.',
  session: 'No requests with a session in this time.',
  error: 'No errors in this time.',
}

const allTokens = ({ inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens }: UsageRow): number =>
  inputTokens + cacheReadTokens + cacheWriteTokens + outputTokens

const subagentTag = ({ subagentRequests = 0 }: UsageRow): string | undefined =>
  subagentRequests === 0 ? undefined : `${exact(subagentRequests)} by sub-agents`

/** The name, and how much of the largest row's tokens it used. */
const nameCell =
  (most: number, by: Breakdown) =>
  (row: UsageRow): Node => {
    const attributes = { max: String(most), value: String(allTokens(row)), 'aria-label': 'Share of the tokens' }
    return create(
      'div',
      { class: by === 'session' ? 'mono' : undefined },
      nameLine(row.key, by === 'model' ? modelName(row.key) : row.key, subagentTag(row)),
      most > 0 ? create('progress', { class: 'share', attributes }) : undefined,
    )
  }

const columnsOf = (report: UsageReport, by: Breakdown): readonly Column<UsageRow>[] => {
  const most = Math.max(0, ...report.rows.map(allTokens))
  const hasCost = report.total.cost !== undefined
  return [
    { title: titles[by], class: 'text name', cell: nameCell(most, by) },
    { title: 'Requests', cell: ({ requests }) => exact(requests) },
    { title: 'Failed', class: 'middle', cell: ({ failed }) => (failed === 0 ? '' : exact(failed)) },
    { title: 'Input', class: 'middle', cell: ({ inputTokens }) => amount(inputTokens) },
    { title: 'Cache read', class: 'wide', cell: ({ cacheReadTokens }) => amount(cacheReadTokens) },
    { title: 'Cache written', class: 'wide', cell: ({ cacheWriteTokens }) => amount(cacheWriteTokens) },
    { title: 'Cache hits', class: 'middle', cell: ({ cacheHitRate }) => orNone(cacheHitRate, percent) },
    { title: 'Output', cell: ({ outputTokens }) => amount(outputTokens) },
    ...(hasCost ? [{ title: 'Cost', cell: ({ cost }: UsageRow) => orNone(cost, money(report.currency)) }] : []),
    { title: 'First event p50', class: 'wide', cell: ({ firstEventMs }) => orNone(firstEventMs.p50, duration) },
    { title: 'p95', class: 'wide', cell: ({ firstEventMs }) => orNone(firstEventMs.p95, duration) },
  ]
}

export const showBreakdown = (host: HTMLElement, report: UsageReport, by: Breakdown): void => {
  if (report.rows.length === 0) host.replaceChildren(create('p', { class: 'empty' }, emptyTexts[by]))
  else host.replaceChildren(createTable(`Usage by ${by}`, report.rows, columnsOf(report, by)))
}
