import { freePort } from '../support/free-port.ts'
import { median, quantile } from '../support/samples.ts'
import { cpuSeconds, residentMegabytes } from './accounting.ts'
import type { Job, LoadResult } from './job.ts'
import { type Running, startLoad, startTarget, startUpstream } from './processes.ts'
import type { Target } from './target.ts'
import type { PlannedUpstream } from './upstream.ts'
import type { Workload } from './workload.ts'

/** One target's figures of one workload in one round. */
export interface Sample {
  /** In the unit of the workload's `measure`. For `firstEvent`, it includes the time of the upstream. */
  readonly value: number
  readonly requests: number
  /** Of gaps between events: 99 % are not longer. */
  readonly p99?: number
}

/** Start time and memory of a target that has just started. */
export interface Weight {
  /** For each start, milliseconds from the start of the process to its first 200. */
  readonly startMs: readonly number[]
  /** Resident memory before the first request. */
  readonly idleMegabytes: number
  /** Maximum resident memory while it serves 200 streams. */
  readonly streamingMegabytes: number
}

export interface Laboratory {
  /** Rejects if a response is invalid. */
  measure(workload: Workload, target: Target, milliseconds: number): Promise<Sample>
  /** Starts the target several times, alone. Undefined for a target that is not a process. */
  weigh(streams: Workload, target: Target): Promise<Weight | undefined>
  stop(): Promise<void>
}

/** A start is short, and its time varies. */
const starts = 10

const residentEveryMs = 100
/** After its start, a process still releases memory. */
const restMs = 500
/** Long enough to begin the streams, which last 2.5 s. */
const weighMs = 100

const toSample = ({ measure, plan }: Workload, result: LoadResult, cpu: number): Sample => {
  const { requests, deltas, firstByteMs, gapMs } = result
  if (measure === 'firstEvent') return { value: median(firstByteMs), requests }
  if (measure === 'gap') {
    const pace = plan.kind === 'paced' ? plan.everyMs : 0
    return { value: quantile(gapMs, 1) - pace, p99: quantile(gapMs, 0.99) - pace, requests }
  }
  return { value: measure === 'delta' ? (cpu * 100_000) / deltas : (cpu * 1000) / requests, requests }
}

const planned = ({ plan, background }: Workload, { upstreamWire = 'converse' }: Target): PlannedUpstream => ({
  plan,
  wire: upstreamWire,
  isMixed: background !== undefined,
})

export const openLaboratory = async (): Promise<Laboratory> => {
  const upstream = await startUpstream()
  const load = await startLoad()
  const upstreamUrl = `http://127.0.0.1:${upstream.port}`
  const running = new Map<string, Running>()
  const warm = new Set<string>()

  const start = async ({ launch }: Target): Promise<Running | undefined> => {
    if (launch === undefined) return undefined
    const port = freePort()
    return startTarget(launch(port, upstreamUrl), port)
  }
  const runningOf = async (target: Target): Promise<Running | undefined> => {
    const known = running.get(target.id) ?? (await start(target))
    if (known !== undefined) running.set(target.id, known)
    return known
  }
  const jobOf = (
    { plan, request, concurrency, background }: Workload,
    target: Target,
    process: Running | undefined,
  ): Job => ({
    port: process?.port ?? upstream.port,
    request,
    deltas: plan.kind === 'whole' ? undefined : plan.deltas,
    wire: target.wire,
    concurrency,
    ...(background && { background }),
    ...(target.headers && { headers: target.headers(upstreamUrl) }),
  })
  const runJob = async (target: Target, job: Job): Promise<LoadResult> => {
    const result = await load.send(job)
    if (result.fault !== undefined) throw new Error(`${target.id}: ${result.fault}`)
    return result
  }

  return {
    async measure(workload, target, milliseconds) {
      await upstream.send(planned(workload, target))
      const process = await runningOf(target)
      const job = jobOf(workload, target, process)
      const name = `${workload.id} ${target.id}`
      if (!warm.has(name)) await runJob(target, { ...job, requests: workload.warmUp })
      warm.add(name)
      const cpu = (): number => (process === undefined ? 0 : cpuSeconds(process.pid))
      const before = cpu()
      const outcome = await runJob(target, { ...job, milliseconds })
      return toSample(workload, outcome, cpu() - before)
    },

    async weigh(streams, target) {
      const startMs: number[] = []
      for (let times = 0; times < starts; times += 1) {
        const process = await start(target)
        if (process === undefined) return undefined
        // The first start reads its files from the disk.
        if (times > 0) startMs.push(process.startMs)
        await process.stop()
      }
      const process = await start(target)
      if (process === undefined) return undefined
      const { pid } = process
      await Bun.sleep(restMs)
      const idleMegabytes = residentMegabytes(pid)
      await upstream.send(planned(streams, target))
      let streamingMegabytes = 0
      const watch = setInterval(() => {
        streamingMegabytes = Math.max(streamingMegabytes, residentMegabytes(pid))
      }, residentEveryMs)
      try {
        await runJob(target, { ...jobOf(streams, target, process), milliseconds: weighMs })
      } finally {
        clearInterval(watch)
        await process.stop()
      }
      return { startMs, idleMegabytes, streamingMegabytes }
    },

    async stop() {
      await Promise.all([...running.values()].map((process) => process.stop()))
      upstream.stop()
      load.stop()
    },
  }
}
