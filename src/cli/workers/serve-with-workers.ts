import { UsageError } from '../../base/usage-error.ts'
import type { ProcessFacts } from '../../gateway/observers/metrics/metrics.ts'
import type { ProcessWork } from '../../gateway/process-work.ts'
import type { RequestRecord } from '../../gateway/request-record.ts'
import type { Listener } from '../../runtime/bun.ts'
import { createShutdown } from '../../server/http/shutdown.ts'
import { createMemoryStore } from '../../state/memory-store.ts'
import { createKeeper } from '../../state/workers/keeper.ts'
import { answerFrom } from '../../state/workers/worker-state.ts'
import { composeCacheUse } from '../compose.ts'
import { createServerApp, type RunningServer, type ServeInProcessOptions, type ServingPlan } from '../server-app.ts'
import {
  type Ending,
  type ListenAddress,
  listenOrExplain,
  surviveFaults,
  tryToListen,
  waitingWords,
} from '../server-lifecycle.ts'
import { openState } from '../state/open-state.ts'
import { processFacts } from '../system/process-facts.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'
import { createPassedRequests } from './passed-requests.ts'
import { toSentPlan } from './sent-plan.ts'
import type { ParentServices, WorkerFacts } from './services.ts'
import { workerConfig } from './worker-count.ts'
import { WorkerPool } from './worker-pool.ts'
import type { WorkerStartError } from './worker-process.ts'

/**
 * The parent of the workers (OP-K7). It answers no request to a model: it keeps what they share, and answers the
 * requests for that.
 */

interface WithWorkersOptions extends Omit<ServeInProcessOptions, 'onRequest'> {
  readonly workers: number
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Adds up what workers do now, and what those have lost that ended. */
const createSums = (facts: () => readonly WorkerFacts[]) => {
  const lostBefore = new Map<string, number>()
  let cpuSecondsBefore = 0
  let droppedBefore = 0
  const add = (lost: Map<string, number>, more: ReadonlyMap<string, number>): void => {
    for (const [observer, count] of more) lost.set(observer, (lost.get(observer) ?? 0) + count)
  }
  return {
    onEnded({ lost, figures, droppedSessions }: WorkerFacts): void {
      add(lostBefore, lost)
      droppedBefore += droppedSessions
      cpuSecondsBefore += figures.cpuSeconds
    },
    work(): ProcessWork {
      const all = facts()
      const lost = new Map(lostBefore)
      for (const one of all) add(lost, one.lost)
      return {
        active: sum(all.map(({ active }) => active)),
        queued: sum(all.map(({ queued }) => queued)),
        degraded: all.flatMap(({ degraded }) => degraded),
        lost,
        droppedSessions: droppedBefore + sum(all.map(({ droppedSessions }) => droppedSessions)),
      }
    },
    /** Of the parent and its workers together. */
    processFacts: {
      bun: processFacts.bun,
      figures() {
        const own = processFacts.figures()
        const all = facts().map(({ figures }) => figures)
        const openFiles = all.map((one) => one.openFiles ?? 0)
        return {
          residentBytes: own.residentBytes + sum(all.map(({ residentBytes }) => residentBytes)),
          cpuSeconds: own.cpuSeconds + cpuSecondsBefore + sum(all.map(({ cpuSeconds }) => cpuSeconds)),
          startSeconds: own.startSeconds,
          openFiles: own.openFiles === undefined ? undefined : own.openFiles + sum(openFiles),
        }
      },
    } satisfies ProcessFacts,
  }
}

/**
 * Finds a free port for all workers: a shared port could belong to another server already. Then holds it until they
 * listen: another program that starts in the meantime must not take it, or share it. Rejects with UsageError.
 */
const holdPort = async ({ address }: WithWorkersOptions): Promise<Listener> => {
  const probe = await listenOrExplain(() => tryToListen(address), address)
  const found = { ...address, port: probe.port }
  await probe.stop(true)
  return listenOrExplain(() => tryToListen(found, true), found)
}

const cannotStart = 'A worker ended while it started. The log may have the reason; --workers 1 uses one process.'

/** Ends the workers first: they use what the parent keeps. */
const endingOf = (pool: WorkerPool, shutdown: ReturnType<typeof createShutdown>, io: Io, hasDelay: boolean): Ending => {
  let isDraining = false
  return {
    drain() {
      isDraining = true
      shutdown.drain()
      void pool.stop().then((running) => {
        // With a delay, the user knows already.
        if (running > 0 && !hasDelay) printer(io).info(waitingWords.trimEnd())
      })
    },
    begin: shutdown.begin,
    end: shutdown.end,
    // Before the drain, it is not known: the workers answer in time for the message.
    running: () => (isDraining ? pool.alive : 0),
    stop: (force) => (force ? pool.stopNow() : pool.haveEnded),
  }
}

/** Rejects with UsageError. */
const startOrExplain = async (pool: WorkerPool, address: ListenAddress): Promise<void> => {
  try {
    await pool.start()
  } catch (error) {
    const { code, reason = cannotStart } = error as WorkerStartError
    if (code === undefined) throw new UsageError(reason)
    await listenOrExplain((): never => {
      throw error
    }, address)
  }
}

const servePort = async (
  port: number,
  plan: ServingPlan,
  options: WithWorkersOptions,
  io: Io,
): Promise<RunningServer> => {
  const { workers, clients, address, log } = options
  const config = { ...plan.config, port }
  const shutdown = createShutdown()
  const redis = await openState(plan.config, log, io)
  const state = redis ?? createKeeper(createMemoryStore({ now: () => performance.now(), date: Date.now }))
  const sums = createSums(() => pool.facts)
  const others = { work: sums.work }
  const cacheUse = await composeCacheUse(config)
  const own = { shutdown, clients, state, others, processFacts: sums.processFacts, ...cacheUse }
  const app = await createServerApp({ ...plan, config }, own, log, io)
  const createServices = () => {
    const passed = createPassedRequests(async (request, peer) => {
      await pool.collect()
      return app.fetch(request, peer)
    })
    const services: ParentServices = {
      request: passed.request,
      chunk: passed.chunk,
      cancel: passed.cancel,
      state: (question) => answerFrom(state, question),
      async records(json) {
        for (const record of JSON.parse(json) as readonly RequestRecord[]) app.observe(record)
        return true
      },
    }
    return { services, close: passed.close }
  }
  const pool: WorkerPool = new WorkerPool({
    count: workers,
    command: [...io.ownCommand, 'worker'],
    environment: io.machine.environment,
    plan: toSentPlan({ ...plan, config: workerConfig(config, workers) }),
    createServices,
    onEnded: sums.onEnded,
    log,
    now: () => performance.now(),
  })
  surviveFaults(log)
  await startOrExplain(pool, { ...address, port })
  return {
    port,
    tokenStatistics: app.tokenStatistics,
    isLost: pool.isLost,
    ending: endingOf(pool, shutdown, io, config.drain.delay > 0),
    async stop() {
      await pool.stopNow()
      await app.close()
      await state.end()
    },
  }
}

/** Rejects with UsageError. */
export const serveWithWorkers = async (
  plan: ServingPlan,
  options: WithWorkersOptions,
  io: Io,
): Promise<RunningServer> => {
  const held = await holdPort(options)
  try {
    return await servePort(held.port, plan, options, io)
  } finally {
    await held.stop(true)
  }
}
