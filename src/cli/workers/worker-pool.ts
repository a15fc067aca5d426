import type { Logger } from '../../base/logger.ts'
import { createRateLimiter } from '../../base/rate-limiter.ts'
import type { WorkerFacts } from './services.ts'
import { WorkerProcess, type WorkerProcessOptions, type WorkerStartError } from './worker-process.ts'

/** Starts the workers of a server, starts another one when one has died, and ends them (OP-K7). */

const restartsPerMinute = 5
const secondsPerRestart = 12
const millisecondsPerSecond = 1000
/** After all requests were ended: a worker sends what waits to be sent, within 2 s. */
const killMs = 3000

export interface WorkerPoolOptions extends WorkerProcessOptions {
  readonly count: number
  /** Called with the last known facts of a worker that has ended. */
  readonly onEnded: (facts: WorkerFacts) => void
  readonly log: Logger
  /** Milliseconds, monotonic. */
  readonly now: () => number
}

export class WorkerPool {
  readonly #options: WorkerPoolOptions
  readonly #alive = new Set<WorkerProcess>()
  readonly #mayRestart: () => boolean
  readonly #lost = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<void>()
  #isStopping = false

  constructor(options: WorkerPoolOptions) {
    this.#options = options
    this.#mayRestart = createRateLimiter(restartsPerMinute, secondsPerRestart * millisecondsPerSecond, options.now)
  }

  /** Resolves when no worker is left, and none may be started now. */
  get isLost(): Promise<void> {
    return this.#lost.promise
  }

  /** Resolves when all have ended after `stop`. */
  get haveEnded(): Promise<void> {
    return this.#ended.promise
  }

  get alive(): number {
    return this.#alive.size
  }

  /** What the workers did at the last `collect`. */
  get facts(): readonly WorkerFacts[] {
    return [...this.#alive].flatMap(({ facts }) => facts ?? [])
  }

  /** Rejects with WorkerStartError if one of them cannot start: then all are ended. */
  async start(): Promise<void> {
    const numbers = Array.from({ length: this.#options.count }, (_, index) => index + 1)
    const results = await Promise.allSettled(numbers.map((number) => this.#launch(number)))
    const failure = results.find((result) => result.status === 'rejected')
    if (failure === undefined) return
    this.#isStopping = true
    for (const worker of this.#alive) worker.kill()
    throw failure.reason
  }

  /** Asks all workers for their facts, and for the records that they have not sent. */
  async collect(): Promise<void> {
    await Promise.all([...this.#alive].map((worker) => worker.collect()))
  }

  /** Begins the shutdown of all workers. Resolves to the number of running requests. */
  async stop(): Promise<number> {
    this.#isStopping = true
    if (this.#alive.size === 0) this.#ended.resolve()
    const running = await Promise.all([...this.#alive].map((worker) => worker.stop()))
    return running.reduce((sum, one) => sum + one, 0)
  }

  /** Ends all workers at once. Resolves when they have ended. */
  async stopNow(): Promise<void> {
    this.#isStopping = true
    if (this.#alive.size === 0) return
    for (const worker of this.#alive) worker.stopNow()
    const timer = setTimeout(() => {
      for (const worker of this.#alive) worker.kill()
    }, killMs)
    await this.haveEnded
    clearTimeout(timer)
  }

  /** A worker that replaces another one has its number. */
  async #launch(number: number): Promise<void> {
    const { log, onEnded } = this.#options
    const worker = new WorkerProcess(this.#options, (end) => {
      this.#alive.delete(worker)
      if (worker.facts !== undefined) onEnded(worker.facts)
      if (this.#isStopping) {
        if (this.#alive.size === 0) this.#ended.resolve()
        return
      }
      log.warn('worker.ended', { worker: number, ...end })
      // The start of another one has its own failure.
      if (worker.isListening) this.#restart(number)
    })
    this.#alive.add(worker)
    await worker.begin()
  }

  #restart(number: number): void {
    const { log } = this.#options
    if (this.#isStopping) return
    if (!this.#mayRestart()) {
      if (this.#alive.size === 0) {
        log.error('worker.none_left', {})
        this.#lost.resolve()
        return
      }
      log.error('worker.restarts_paused', { worker: number, seconds: secondsPerRestart })
      setTimeout(() => this.#restart(number), secondsPerRestart * millisecondsPerSecond)
      return
    }
    this.#launch(number).then(
      () => log.info('worker.restarted', { worker: number }),
      ({ code, reason }: WorkerStartError) => {
        log.error('worker.not_restarted', { worker: number, code, reason })
        this.#restart(number)
      },
    )
  }
}
