import type { SharedState } from '../../../state/shared-state.ts'
import type { RequestRecord } from '../../request-record.ts'
import { createBatchedReport } from '../batched-report.ts'
import type { Losses } from '../losses.ts'
import type { Report } from '../report.ts'
import type { Instruments, MetricsFormat, ProcessFigures } from './instruments.ts'
import { createRecordSink, type RecordSinkOptions } from './record-sink.ts'

/** Metrics for Prometheus (OP-M). Their package is loaded after the first answer, or by the first scrape. */

/** Facts that only the platform knows. */
export interface ProcessFacts {
  /** Version of Bun. */
  readonly bun: string
  figures(): ProcessFigures
}

export interface MetricsOptions extends RecordSinkOptions {
  /** Version of this program. */
  readonly version: string
  /** The unit of costs. */
  readonly currency: string
  readonly processFacts: ProcessFacts | undefined
  /** What servers share; absent if each has its own memory. */
  readonly state?: Pick<SharedState, 'kind' | 'isUp'> | undefined
  readonly losses: Losses
  readonly defer: (work: () => void) => void
}

interface Scrape {
  readonly text: string
  readonly contentType: string
}

/** Requests that run and that wait at a scrape. */
interface RequestCounts {
  readonly active: number
  readonly queued: number
}

export interface Metrics extends Report {
  /** All metrics, with every request that has ended. */
  scrape(format: MetricsFormat, counts: RequestCounts): Promise<Scrape>
}

/** Records that wait while the package is loaded (OP-M5). */
const mostWaiting = 10_000
/** A scrape does not wait for it. A write for each request would cost more than what it writes. */
const everyMs = 1000
const mostRecords = 200

const setState = (instruments: Instruments, { active, queued }: RequestCounts, options: MetricsOptions): void => {
  const { version, upstream, state, losses, processFacts } = options
  instruments.set('active_requests', active)
  instruments.set('queued_requests', queued)
  instruments.set('state_up', state?.isUp() === false ? 0 : 1, { kind: state?.kind ?? 'memory' })
  instruments.set('info', 1, { version, upstream, bun: processFacts?.bun ?? '' })
  instruments.setDropped(losses.counts())
  if (processFacts !== undefined) instruments.setProcess(processFacts.figures())
}

const create = async (options: MetricsOptions) => {
  const { loadInstruments } = await import('./instruments.ts')
  const instruments = await loadInstruments(options.currency)
  const add = createRecordSink(instruments, options)
  const write = (records: readonly RequestRecord[]): void => {
    for (const record of records) add(record)
  }
  return { instruments, write }
}

export const createMetrics = (options: MetricsOptions): Metrics => {
  const { defer, losses } = options
  let loading: ReturnType<typeof create> | undefined
  const load = () => {
    loading ??= create(options)
    return loading
  }
  const { flush, ...report } = createBatchedReport({
    name: 'metrics',
    capacity: mostWaiting,
    everyMs,
    mostRecords,
    load,
    defer,
    losses,
  })
  return {
    ...report,
    async scrape(format, counts) {
      await flush()
      const { instruments } = await load()
      setState(instruments, counts, options)
      return instruments.render(format)
    },
  }
}
