import { median } from '../support/samples.ts'
import { cpuSeconds, residentMegabytes } from './accounting.ts'
import type { Job, LoadResult } from './load.ts'
import { freePort, type Running, startLoad, startTarget, startUpstream } from './processes.ts'
import type { Target } from './targets.ts'
import type { Workload } from './workloads.ts'

/** One target's figures of one workload in one round. */
export interface Sample {
  /** As the workload's `measure` has it; of `firstEvent`, with the way to the upstream in it. */
  readonly value: number
  readonly requests: number
}

/** What a target weighs that has just been started. */
export interface Weight {
  /** Milliseconds from the start of the process to its first 200, of each start. */
  readonly startMs: readonly number[]
  /** Resident, before it has been asked for anything else. */
  readonly idleMegabytes: number
  /** Resident, the most of it while it serves 200 streams. */
  readonly streamingMegabytes: number
}

export interface Laboratory {
  /** Rejects where an answer was not what it should be. */
  measure(workload: Workload, target: Target, milliseconds: number): Promise<Sample>
  /** Starts the target anew, by itself, several times. Undefined for what is no process. */
  weigh(streams: Workload, target: Target): Promise<Weight | undefined>
  stop(): Promise<void>
}

/** Starts are short, and spread widely. */
const starts = 10

const residentEveryMs = 100
/** A process that has just begun is still giving back what its start took. */
const restMs = 500
/** No more than to begin the streams: they last 2.5 s. */
const weighMs = 100

const toValue = ({ measure }: Workload, { requests, deltas, firstByteMs }: LoadResult, cpu: number): number => {
  if (measure === 'firstEvent') return median(firstByteMs)
  return measure === 'request' ? (cpu * 1000) / requests : (cpu * 100_000) / deltas
}

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
  const jobOf = ({ plan, request, concurrency }: Workload, target: Target, process: Running | undefined): Job => ({
    port: process?.port ?? upstream.port,
    request,
    deltas: plan.kind === 'whole' ? undefined : plan.deltas,
    wire: target.wire,
    concurrency,
    ...(target.headers && { headers: target.headers(upstreamUrl) }),
  })
  const ask = async (target: Target, job: Job): Promise<LoadResult> => {
    const outcome = await load.ask(job)
    if (outcome.fault !== undefined) throw new Error(`${target.id}: ${outcome.fault}`)
    return outcome
  }

  return {
    async measure(workload, target, milliseconds) {
      await upstream.ask(workload.plan)
      const process = await runningOf(target)
      const job = jobOf(workload, target, process)
      const name = `${workload.id} ${target.id}`
      if (!warm.has(name)) await ask(target, { ...job, requests: workload.warmUp })
      warm.add(name)
      const cpu = (): number => (process === undefined ? 0 : cpuSeconds(process.pid))
      const before = cpu()
      const outcome = await ask(target, { ...job, milliseconds })
      return { value: toValue(workload, outcome, cpu() - before), requests: outcome.requests }
    },

    async weigh(streams, target) {
      const startMs: number[] = []
      for (let times = 0; times < starts; times += 1) {
        const process = await start(target)
        if (process === undefined) return undefined
        // The first one reads its files from the disk.
        if (times > 0) startMs.push(process.startMs)
        await process.stop()
      }
      const process = await start(target)
      if (process === undefined) return undefined
      const { pid } = process
      await Bun.sleep(restMs)
      const idleMegabytes = residentMegabytes(pid)
      await upstream.ask(streams.plan)
      let streamingMegabytes = 0
      const watch = setInterval(() => {
        streamingMegabytes = Math.max(streamingMegabytes, residentMegabytes(pid))
      }, residentEveryMs)
      try {
        await ask(target, { ...jobOf(streams, target, process), milliseconds: weighMs })
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
