import type { UsageFigures, UsageReport, UsageRow } from '../../src/usage/usage-report.ts'
import { testHistory } from './history.ts'
import { type RecordMembers, requestRecord } from './records.ts'

/** Reports of the usage, with figures that a test names. */

/** No requests. */
export const noFigures: UsageFigures = {
  requests: 0,
  failed: 0,
  refused: 0,
  cancelled: 0,
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  unpriced: 0,
  firstEventMs: {},
  durationMs: {},
}

export const usageRow = (key: string, members: Partial<UsageFigures> = {}): UsageRow => ({
  key,
  ...noFigures,
  ...members,
})

export const usageReport = (rows: readonly UsageRow[], members: Partial<UsageReport> = {}): UsageReport => ({
  since: '2026-11-22T23:00:00.000Z',
  until: '2026-11-29T12:20:07.000Z',
  timezone: 'Europe/Berlin',
  currency: 'USD',
  by: 'day',
  rows,
  total: noFigures,
  ...members,
})

/** Longer than the requests of any test are old. */
const keepDays = 3660

/** Writes a history with these requests, and closes it. */
export const writeUsage = async (file: string, requests: readonly RecordMembers[]): Promise<void> => {
  const { history } = testHistory(file, { days: keepDays, rollupDays: keepDays })
  await history.sink.write(requests.map((members, index) => requestRecord({ requestId: `req_${index}`, ...members })))
  await history.sink.end?.()
}
