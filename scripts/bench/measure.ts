import { median } from '../support/samples.ts'
import { cpuSeconds, residentMegabytes } from './accounting.ts'
import type { Job, Outcome } from './load.ts'
import { freePort, type Running, startLoad, startTarget, startUpstream } from './processes.ts'
import type { Target } from './targets.ts'
import type { Workload } from './workloads.ts'

/** One target's figures of one workload in one round. */
export interface Sample {
  /** As the workload's `measure` has it; of `firstEvent`, with the way to the upstream in it. */
  readonly value: number
  readonly requests: number
  /** The most while it ran. */
  readonly residentMegabytes: number
}

/** One start of a target. */
export interface Weighed {
  /** Milliseconds to the first 200. */
  readonly startMs: number
  /** Resident megabytes at rest, before it has been asked for anything else. */
  readonly idleMegabytes: number
}

export interface Laboratory {
  /** Rejects where an answer was not what it should be. */
  measure(workload: Workload, target: Target, milliseconds: number): Promise<Sample>
  start(target: Target): Promise<Weighed>
  stop(): Promise<void>
}

const residentEveryMs = 100
/** A process that has just begun is still giving back what its start took. */
const restMs = 500

const toValue = ({ measure }: Workload, { requests, deltas, firstByteMs }: Outcome, cpu: number): number => {
  if (measure === 'firstEvent') return median(firstByteMs)
  return measure === 'request' ? (cpu * 1000) / requests : (cpu * 100_000) / deltas
}

export const openLaboratory = async (): Promise<Laboratory> => {
  const upstream = await startUpstream()
  const load = await startLoad()
  const upstreamUrl = `http://127.0.0.1:${upstream.port}`
  const running = new Map<string, Running>()

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
  const ask = async (target: Target, job: Job): Promise<Outcome> => {
    const outcome = await load.ask(job)
    if (outcome.fault !== undefined) throw new Error(`${target.id}: ${outcome.fault}`)
    return outcome
  }

  return {
    async measure(workload, target, milliseconds) {
      const { plan, request, concurrency, warmUp } = workload
      await upstream.ask(plan)
      const process = await runningOf(target)
      const pid = process?.pid
      const job: Job = {
        port: process?.port ?? upstream.port,
        request,
        deltas: plan.kind === 'whole' ? undefined : plan.deltas,
        wire: target.wire,
        concurrency,
        ...(target.headers && { headers: target.headers(upstreamUrl) }),
      }
      if (warmUp > 0) await ask(target, { ...job, requests: warmUp })
      let most = 0
      const watch = setInterval(() => {
        if (pid !== undefined) most = Math.max(most, residentMegabytes(pid))
      }, residentEveryMs)
      const before = pid === undefined ? 0 : cpuSeconds(pid)
      try {
        const outcome = await ask(target, { ...job, milliseconds })
        const cpu = pid === undefined ? 0 : cpuSeconds(pid) - before
        return { value: toValue(workload, outcome, cpu), requests: outcome.requests, residentMegabytes: most }
      } finally {
        clearInterval(watch)
      }
    },

    async start(target) {
      const process = await start(target)
      if (process === undefined) return { startMs: 0, idleMegabytes: 0 }
      await Bun.sleep(restMs)
      const idleMegabytes = residentMegabytes(process.pid)
      await process.stop()
      return { startMs: process.startMs, idleMegabytes }
    },

    async stop() {
      await Promise.all([...running.values()].map((process) => process.stop()))
      upstream.stop()
      load.stop()
    },
  }
}
