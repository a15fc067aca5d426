import { createBatchedReport } from '../../gateway/observers/batched-report.ts'
import type { CreateReport, Report } from '../../gateway/observers/report.ts'
import type { RequestRecord } from '../../gateway/request-record.ts'
import type { Channel } from './channel.ts'
import type { ParentServices } from './services.ts'

/** The observer that sends a worker's records to its parent, after the answers (OP-K7). */

const capacity = 10_000
/** A worker that dies loses the records of this time. */
const everyMs = 250
const mostRecords = 200

/** What the worker itself sends to Slack and to a telemetry address stays here: the webhook is a secret. */
const withoutOwn = ({ slack: _slack, maskedKey: _maskedKey, ...record }: RequestRecord): RequestRecord => record

/** `flush` sends the records that wait. */
export const createRecordReport = ({ ask }: Pick<Channel<ParentServices>, 'ask'>) => {
  let flush = async (): Promise<void> => {}
  const write = async (records: readonly RequestRecord[]): Promise<void> => {
    if ((await ask('records', JSON.stringify(records.map(withoutOwn)))) === undefined) throw new Error('no parent')
  }
  const create = (shared: Pick<Parameters<CreateReport>[0], 'defer' | 'losses'>): Report => {
    const load = async () => ({ write })
    const report = createBatchedReport({ ...shared, name: 'workers', capacity, everyMs, mostRecords, load })
    flush = report.flush
    return report
  }
  return { create, flush: () => flush() }
}
