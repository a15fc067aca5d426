import { type Lane, runConnection } from './connection.ts'
import type { Job, LoadResult } from './job.ts'
import { createRequestSource } from './load-requests.ts'
import { createResponseCheck } from './response-check.ts'

/**
 * The load of the benchmark, a separate process: it sends a number of requests at once over kept-alive connections, and
 * counts each response to its last event. It uses raw sockets, because a slow client measures itself.
 */

const requestsOf = createRequestSource()

/** What the connections of a job have seen. */
interface Tally {
  begun: number
  requests: number
  deltas: number
  readonly firstByteMs: number[]
  readonly gapMs: number[]
  fault: string | undefined
}

const createTally = (): Tally => ({ begun: 0, requests: 0, deltas: 0, firstByteMs: [], gapMs: [], fault: undefined })

const laneOf = (job: Job, next: Lane['next'], tally: Tally, isOver: () => boolean): Lane => ({
  port: job.port,
  next,
  check: createResponseCheck(job),
  isOver: () => tally.fault !== undefined || isOver(),
  onRequest() {
    tally.begun += 1
  },
  onFirstByte: (milliseconds) => void tally.firstByteMs.push(milliseconds),
  onGap: job.background === undefined ? undefined : (milliseconds) => void tally.gapMs.push(milliseconds),
  onResponse(deltas) {
    tally.requests += 1
    tally.deltas += deltas
  },
  onFault(fault) {
    tally.fault ??= fault
  },
})

const faultOf = ({ fault, begun, requests }: Tally): string | undefined => {
  if (fault !== undefined) return fault
  if (begun === 0) return 'sent no request'
  return requests < begun ? `closed ${begun - requests} connections before the end` : undefined
}

const run = async (job: Job): Promise<LoadResult> => {
  const nextOf = requestsOf(job)
  const backgroundJob: Job | undefined = job.background && { ...job, request: job.background, deltas: undefined }
  const backgroundNext = backgroundJob && requestsOf(backgroundJob)(0)
  const [tally, backgroundTally] = [createTally(), createTally()]
  const startedAt = performance.now()
  const isOver = (): boolean =>
    (job.requests !== undefined && tally.begun >= job.requests) ||
    (job.milliseconds !== undefined && performance.now() - startedAt >= job.milliseconds)
  let isDone = false
  const connections = Array.from({ length: job.concurrency }, (_, connection) =>
    runConnection(laneOf(job, nextOf(connection), tally, isOver)),
  )
  const all = Promise.all(connections).finally(() => {
    isDone = true
  })
  if (backgroundJob !== undefined && backgroundNext !== undefined)
    await runConnection(laneOf(backgroundJob, backgroundNext, backgroundTally, () => isDone))
  await all
  const fault = faultOf(tally) ?? (backgroundJob && faultOf(backgroundTally))
  const { requests, deltas, firstByteMs, gapMs } = tally
  return { requests, deltas, firstByteMs, gapMs, ...(fault !== undefined && { fault }) }
}

process.on('message', async (job: Job) => {
  try {
    process.send?.({ type: 'outcome', ...(await run(job)) })
  } catch (error) {
    process.send?.({ type: 'outcome', requests: 0, deltas: 0, firstByteMs: [], gapMs: [], fault: String(error) })
  }
})
process.send?.({ type: 'ready', port: 0 })
