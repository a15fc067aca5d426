import { errorCode } from '../../base/error-code.ts'
import { withFields } from '../../base/logger.ts'
import { UsageError } from '../../base/usage-error.ts'
import { type Listener, listen } from '../../runtime/bun.ts'
import { createShutdown } from '../../server/http/shutdown.ts'
import { createWorkerState } from '../../state/workers/worker-state.ts'
import { composeLog } from '../compose.ts'
import { openClientsFile } from '../named-clients/open-clients-file.ts'
import { createServerApp } from '../server-app.ts'
import { type Ending, endTimes, stopOrderly, surviveFaults } from '../server-lifecycle.ts'
import { openState } from '../state/open-state.ts'
import { processFacts } from '../system/process-facts.ts'
import type { Io } from '../terminal/io.ts'
import { type Channel, createChannel } from './channel.ts'
import { createPassRequest, isShared } from './passed-requests.ts'
import { createRecordReport } from './record-report.ts'
import { fromSentPlan, type SentPlan } from './sent-plan.ts'
import type { BeginResult, ParentServices, WorkerServices } from './services.ts'

/** One of the processes that serve a port together (OP-K7). Its parent starts and ends it. */

/** A request does not wait for a parent that hangs: then the worker limits by itself, as without Redis. */
const stateMs = 1000

/** A worker that serves. */
interface Serving {
  readonly running: () => number
  readonly facts: WorkerServices['facts']
  /** Resolves when the server has stopped. Without its parent, it accepts no further request. */
  readonly stop: (hasParent: boolean) => Promise<void>
  readonly stopNow: () => Promise<void>
}

const serveByPlan = async (sent: SentPlan, channel: Channel<ParentServices>, own: Io): Promise<Serving> => {
  const plan = fromSentPlan(sent)
  const { config, certificate } = plan
  const io = { ...own, machine: { ...own.machine, environment: plan.environment } }
  const log = composeLog(config, io)
  const shutdown = createShutdown()
  const { create, flush } = createRecordReport(channel)
  const clients = await openClientsFile(config, log, io.machine)
  // The parent has checked the address. A worker that replaces another one must start in an outage, too.
  const redis = await openState(config, withFields(log, { pid: process.pid }))
  const state = redis ?? createWorkerState((question) => channel.ask('state', question, stateMs))
  const app = await createServerApp(plan, { shutdown, clients, state, reports: [create], pid: process.ppid }, log, io)
  const pass = createPassRequest(channel, app.fetch)
  const listener: Listener = listen({
    hostname: config.host,
    port: config.port,
    isShared: true,
    tls: certificate && { cert: certificate.pem, key: certificate.key },
    fetch: (request, peer) => (isShared(request.url) ? pass(request, peer) : app.fetch(request, peer)),
  })
  surviveFaults(log)
  const { running, stop } = listener
  const ending = { ...shutdown, running, stop } satisfies Ending
  return {
    running,
    async facts() {
      await flush()
      return { ...app.work(), figures: processFacts.figures() }
    },
    async stop(hasParent) {
      await stopOrderly(ending, { ...endTimes(config), ...io.times, ...(!hasParent && { delayMs: 0 }) })
      await app.close()
      await state.end()
    },
    stopNow: () => stop(true),
  }
}

/** The parent decides when its workers end: Ctrl-C and a closed terminal reach them, too. */
const ignoredSignals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGHUP']

/** Resolves to the exit code when the worker has stopped. */
export const runWorker = (io: Io): Promise<number> => {
  const send = process.send?.bind(process)
  if (send === undefined) throw new UsageError('This command is for start --workers, which starts it.')
  for (const signal of ignoredSignals) process.on(signal, () => {})
  const { promise, resolve: end } = Promise.withResolvers<number>()
  let serving: Serving | undefined
  let stopping: Promise<void> | undefined
  const stop = (hasParent = true): void => {
    stopping ??= serving?.stop(hasParent) ?? Promise.resolve()
    void stopping.then(() => end(0))
  }
  const begin = async (plan: SentPlan): Promise<BeginResult> => {
    try {
      serving = await serveByPlan(plan, channel, io)
      return { kind: 'listening' }
    } catch (error) {
      // After the answer.
      setImmediate(end, 1)
      return { kind: 'failed', code: errorCode(error), reason: error instanceof UsageError ? error.message : undefined }
    }
  }
  const services: WorkerServices = {
    begin,
    facts: async () => serving?.facts(undefined),
    async stop() {
      stop()
      return serving?.running() ?? 0
    },
    async stopNow() {
      await serving?.stopNow()
      stop()
    },
  }
  const channel = createChannel<ParentServices, WorkerServices>(services, (message) => void send(message))
  process.on('message', (message) => channel.receive(message))
  // Without its parent, no worker may hold the port.
  process.on('disconnect', () => {
    channel.close()
    stop(false)
  })
  process.on('SIGTERM', () => stop())
  return promise
}
