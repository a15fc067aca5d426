import { createConcurrencyLimit } from '../../base/concurrency-limit.ts'
import { clientClosed, GatewayError, toGatewayError } from '../../base/errors.ts'
import { loggableModel } from '../../base/loggable-name.ts'
import type { Logger } from '../../base/logger.ts'
import { createSingleFlight } from '../../base/single-flight.ts'
import { type After, type CountBurst, startBurst } from './count-burst.ts'

/** One prompt, and how to count it. */
interface CountQuestion {
  readonly modelId: string
  /** Unique for each prompt. */
  readonly key: string
  /** Aborts when the client has disconnected. */
  readonly leaving: AbortSignal
  readonly ask: (signal: AbortSignal) => Promise<number>
  /** Returns why a count cannot be right, for the log; undefined if it can. */
  readonly implausibility: (tokens: number) => string | undefined
}

export interface UpstreamCountsOptions {
  /** Milliseconds that a client waits at most for the upstream's count. */
  readonly limitMs?: number
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Timers. Default: the process's timers. */
  readonly after?: After
  /** Each count is alone, because the runtime lets no request use what another has opened: Workers (OP-X4). */
  readonly isolatesRequests?: boolean | undefined
  readonly log: Logger
}

const defaultLimitMs = 2000
/** Counting must not delay messages requests, and Bedrock throttles it separately. */
const maximumAtOnce = 4
/** After a temporary failure, so that the next client does not wait for it, too. */
const pauseMs = 30_000
/** After an implausible count. It is limited, because the estimate may be the wrong one. */
const refusalMs = 10 * 60_000
/** One `/context` sends 25 requests, again after each turn. */
const maximumRemembered = 500

const byTimer: After = (milliseconds, work) => {
  const timer = setTimeout(work, milliseconds)
  return () => clearTimeout(timer)
}

/** The request or its client caused the failure; the next request may succeed. */
const isAboutRequest = ({ type, status }: GatewayError): boolean =>
  type === 'invalid_request_error' || type === 'request_too_large' || status === clientClosed(undefined).status

/** The upstream's counts, if it has any: few calls at once, one per prompt, each with a time limit. */
export const createUpstreamCounts = (options: UpstreamCountsOptions) => {
  const { limitMs = defaultLimitMs, after = byTimer, isolatesRequests = false, now, log } = options
  const limited = createConcurrencyLimit(maximumAtOnce)
  const calls = createSingleFlight(maximumRemembered, !isolatesRequests)
  /** By model: until when no count is sent to the upstream, and the current burst. */
  const pausedUntil = new Map<string, number>()
  const bursts = new Map<string, CountBurst>()

  /** Whether the upstream can count for this model now. */
  const isAskable = (modelId: string): boolean => now() >= (pausedUntil.get(modelId) ?? Number.NEGATIVE_INFINITY)
  const pause = (modelId: string, until: number): void => {
    if (isAskable(modelId)) pausedUntil.set(modelId, until)
  }
  const refuse = (modelId: string, until: number, reason: string | undefined): void => {
    if (isAskable(modelId)) log.info('tokens.upstream_does_not_count', { model: loggableModel(modelId), reason })
    pause(modelId, until)
  }

  const burstOf = (modelId: string): CountBurst => {
    const known = bursts.get(modelId)
    if (known?.isOpen() === true && !isolatesRequests) return known
    const onLate = (): void => onFailure(modelId, new GatewayError('timeout_error', 'Counting took too long.'))
    const burst = startBurst({ limitMs, now, after, onLate })
    bursts.set(modelId, burst)
    return burst
  }
  const onFailure = (modelId: string, error: GatewayError): void => {
    const { type, status, isLoggable, message } = error
    log.debug('tokens.estimated', { error: type, status })
    if (type === 'not_supported') refuse(modelId, Number.POSITIVE_INFINITY, isLoggable ? message : undefined)
    else if (!isAboutRequest(error)) pause(modelId, now() + pauseMs)
  }
  const ask = async (
    { modelId, ask: countUpstream, implausibility }: CountQuestion,
    signal: AbortSignal,
  ): Promise<number> => {
    // Things may have changed in the queue: the clients have disconnected, or another count has failed.
    if (signal.aborted) throw clientClosed(undefined)
    if (!isAskable(modelId)) throw new GatewayError('overloaded_error', 'Counting is paused.')
    const tokens = await countUpstream(signal).catch((thrown: unknown) => {
      if (!signal.aborted) onFailure(modelId, toGatewayError(thrown))
      throw thrown
    })
    const reason = implausibility(tokens)
    if (reason === undefined) return tokens
    refuse(modelId, now() + refusalMs, reason)
    throw new GatewayError('not_supported', reason)
  }

  return {
    isAskable,
    /** Resolves with undefined to use the estimate. Never rejects. */
    async count(question: CountQuestion): Promise<number | undefined> {
      const { modelId, key, leaving } = question
      if (!isAskable(modelId)) return undefined
      const burst = burstOf(modelId)
      return burst.join(async () => {
        try {
          const limitedCount = (signal: AbortSignal): Promise<number> => limited(() => ask(question, signal))
          return await calls.run(key, limitedCount, AbortSignal.any([leaving, burst.signal]))
        } catch (thrown) {
          if (!isAboutRequest(toGatewayError(thrown))) burst.fail()
          return undefined
        }
      })
    },
  }
}
