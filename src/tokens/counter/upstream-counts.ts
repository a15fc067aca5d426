import { createConcurrencyLimit } from '../../base/concurrency-limit.ts'
import { type GatewayError, toGatewayError } from '../../base/errors.ts'
import type { Logger } from '../../base/logger.ts'
import { createSingleFlight } from '../../base/single-flight.ts'
import { type After, type CountBurst, startBurst } from './count-burst.ts'
import { type CountQuestion, createModelCounts, isAboutRequest, type ModelCounts, unusable } from './model-counts.ts'

/** What the upstream's counts need of the world. */
export interface UpstreamCountsOptions {
  /** Milliseconds that a client waits for the upstream's count at most. */
  readonly limitMs?: number
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Timers; the process's own, unless a test has others. */
  readonly after?: After
  readonly log: Logger
}

/** The upstream's own counts, as far as it has any. */
export interface UpstreamCounts {
  /** Whether the upstream is worth a question about this model now. */
  isAskable(modelId: string): boolean
  /** Undefined where the estimate is to be used. Never rejects. */
  count(question: CountQuestion): Promise<number | undefined>
}

const defaultLimitMs = 2000
/** Counting must not crowd out answers, and Bedrock throttles it on its own. */
const mostAtOnce = 4
/** After a failure that may pass: nobody should wait for the next one, too. */
const pauseMs = 30_000
/** A `/context` asks 25 times, and again after each turn. */
const mostRemembered = 500

const byTimer: After = (milliseconds, work) => {
  const timer = setTimeout(work, milliseconds)
  return () => clearTimeout(timer)
}

/** What is known of one model, and the burst that is asking about it. */
interface Counted {
  readonly model: ModelCounts
  burst: CountBurst | undefined
}

type Call = (question: CountQuestion, model: ModelCounts, leftMs: number, signal: AbortSignal) => Promise<number>

/** Asks where there is time for it. The failure of a call that nobody waits for is heard by `onFailure`. */
const createCall = (limitMs: number, after: After, onFailure: (error: GatewayError) => void): Call => {
  /** Calls that have been asked for and not been answered yet. */
  let waiting = 0
  /** Nobody waits for it: it shows whether the upstream has become faster. */
  const tryOut = (question: CountQuestion, model: ModelCounts): void => {
    const ending = new AbortController()
    const cancel = after(limitMs, () => ending.abort())
    const onEnd = (thrown: unknown): void => {
      if (!ending.signal.aborted) onFailure(toGatewayError(thrown))
    }
    model.measure(question, ending.signal).catch(onEnd).finally(cancel)
  }
  return async (question, model, leftMs, signal) => {
    waiting += 1
    try {
      if (!model.speed.isTooSlow(Math.ceil(waiting / mostAtOnce), leftMs)) return await model.ask(question, signal)
      if (model.speed.isTrialDue()) tryOut(question, model)
      throw unusable('Counting takes too long.')
    } finally {
      waiting -= 1
    }
  }
}

/** Few at once, each prompt once, and soon or not at all. */
export const createUpstreamCounts = (options: UpstreamCountsOptions): UpstreamCounts => {
  const { limitMs = defaultLimitMs, after = byTimer, now, log } = options
  const limited = createConcurrencyLimit(mostAtOnce)
  const calls = createSingleFlight(mostRemembered)
  const byModel = new Map<string, Counted>()
  let pausedUntil = Number.NEGATIVE_INFINITY

  const countedFor = (modelId: string): Counted => {
    const known = byModel.get(modelId)
    if (known !== undefined) return known
    const counted: Counted = { model: createModelCounts({ modelId, limited, now, log }), burst: undefined }
    byModel.set(modelId, counted)
    return counted
  }
  const onFailure = (error: GatewayError): void => {
    if (error.type !== 'not_supported' && !isAboutRequest(error)) pausedUntil = now() + pauseMs
    log.debug('tokens.estimated', { error: error.type, status: error.status })
  }
  const call = createCall(limitMs, after, onFailure)
  const burstOf = (counted: Counted): CountBurst => {
    const concernsAll = (error: GatewayError): boolean => !isAboutRequest(error)
    if (counted.burst?.isOpen() !== true) counted.burst = startBurst({ limitMs, now, after, concernsAll, onFailure })
    return counted.burst
  }

  const isAskable = (modelId: string): boolean => now() >= pausedUntil && !countedFor(modelId).model.isRefused()
  return {
    isAskable,
    async count(question) {
      if (!isAskable(question.modelId)) return undefined
      const counted = countedFor(question.modelId)
      const burst = burstOf(counted)
      const leaving = AbortSignal.any([question.leaving, burst.signal])
      const ask = (signal: AbortSignal): Promise<number> => call(question, counted.model, burst.timeLeft(), signal)
      return burst.join(() => calls.run(question.key, ask, leaving))
    },
  }
}
