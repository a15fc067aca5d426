import { nameOf } from '../../base/error-location.ts'
import type { RequestRecord } from '../request-record.ts'
import type { Losses } from './losses.ts'
import type { Report } from './report.ts'

/** Where a report writes its records. What throws or rejects is lost, and counted. */
export interface RecordSink {
  /** In the order of their ends. Is not called again before it is done. */
  write(records: readonly RequestRecord[]): void | Promise<void>
  /** Writes what it has kept, and closes. */
  end?(): void | Promise<void>
}

export interface BatchedReportOptions {
  /** For the log and the metric of lost records. */
  readonly name: string
  /** Most records that wait. */
  readonly capacity: number
  /** Milliseconds that a record waits for others; 0 writes it as soon as the process is idle. */
  readonly everyMs: number
  /** So many records are written at once, and without a wait. */
  readonly mostRecords: number
  /** Called with the first batch, and with the next one after a failure. */
  readonly load: () => Promise<RecordSink>
  /** Does the work when the process is idle. */
  readonly defer: (work: () => void) => void
  readonly losses: Losses
}

export interface BatchedReport extends Report {
  /** Writes all records that wait. Never rejects, but takes as long as the sink does. */
  flush(): Promise<void>
}

const aborted = (signal: AbortSignal): Promise<void> =>
  signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

/**
 * Keeps records until they are written in batches, after the answers: an observer costs a request one push. Loads what
 * it writes to with the first batch.
 */
export const createBatchedReport = (options: BatchedReportOptions): BatchedReport => {
  const { name, capacity, everyMs, mostRecords, load, defer, losses } = options
  const lost = losses.of(name)
  const waiting: RequestRecord[] = []
  let inHand = 0
  let sink: RecordSink | undefined
  let writing: Promise<void> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOpen = true

  const writeBatch = async (): Promise<void> => {
    const batch = waiting.splice(0, mostRecords)
    inHand = batch.length
    let failure: string | undefined
    try {
      sink ??= await load()
      await sink.write(batch)
    } catch (error) {
      failure = nameOf(error)
    }
    // After the end of the time, they are already counted.
    if (failure !== undefined && inHand > 0) lost.add(failure, inHand)
    inHand = 0
  }
  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      await writeBatch()
      // Requests go first.
      if (waiting.length > 0) await new Promise<void>((resolve) => defer(resolve))
    }
    writing = undefined
  }
  const flush = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    if (waiting.length > 0) writing ??= writeAll()
    await writing
  }
  const schedule = (): void => {
    if (writing !== undefined) return
    if (waiting.length === (everyMs === 0 ? 1 : mostRecords)) defer(flush)
    else if (everyMs > 0) timer ??= setTimeout(flush, everyMs)
  }

  return {
    flush,
    observe(record) {
      if (!isOpen) return lost.add('shutdown')
      if (waiting.length >= capacity) return lost.add('queue full')
      waiting.push(record)
      schedule()
    },
    async end(limit) {
      isOpen = false
      const over = aborted(limit)
      await Promise.race([flush(), over])
      const rest = waiting.splice(0).length + inHand
      inHand = 0
      if (rest > 0) lost.add('shutdown', rest)
      await Promise.race([sink?.end?.(), over])
    },
  }
}
