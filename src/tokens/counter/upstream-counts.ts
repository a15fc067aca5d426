import { createConcurrencyLimit } from '../../base/concurrency-limit.ts'
import { clientClosed, GatewayError, toGatewayError } from '../../base/errors.ts'
import type { Logger } from '../../base/logger.ts'
import { createSingleFlight } from '../../base/single-flight.ts'
import { type After, type CountBurst, startBurst } from './count-burst.ts'

/** One prompt, and how to have it counted. */
interface CountQuestion {
  readonly modelId: string
  /** The same for the same prompt, and for no other. */
  readonly key: string
  /** Aborts when the client has disconnected. */
  readonly leaving: AbortSignal
  readonly ask: (signal: AbortSignal) => Promise<number>
  /** Why a count cannot be that of the prompt, for the log; undefined where it can. */
  readonly implausibility: (tokens: number) => string | undefined
}

export interface UpstreamCountsOptions {
  /** Milliseconds that a client waits for the upstream's count at most. */
  readonly limitMs?: number
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Timers; the process's own, unless a test has others. */
  readonly after?: After
  readonly log: Logger
}

const defaultLimitMs = 2000
/** Counting must not crowd out answers, and Bedrock throttles it on its own. */
const maximumAtOnce = 4
/** After a failure that may pass, so that the next client does not wait for it, too. */
const pauseMs = 30_000
/** After a count that cannot be right. It ends, because the estimate may be the one that is wrong. */
const refusalMs = 10 * 60_000
/** A `/context` asks 25 times, and again after each turn. */
const maximumRemembered = 500

const byTimer: After = (milliseconds, work) => {
  const timer = setTimeout(work, milliseconds)
  return () => clearTimeout(timer)
}

/** The request's own fault, or its client's: the next one may fare better. */
const isAboutRequest = ({ type, status }: GatewayError): boolean =>
  type === 'invalid_request_error' || type === 'request_too_large' || status === clientClosed(undefined).status

/** The upstream's own counts, as far as it has any: few at once, each prompt once, and soon or not at all. */
export const createUpstreamCounts = (options: UpstreamCountsOptions) => {
  const { limitMs = defaultLimitMs, after = byTimer, now, log } = options
  const limited = createConcurrencyLimit(maximumAtOnce)
  const calls = createSingleFlight(maximumRemembered)
  /** By model: until when the upstream is not asked, and the burst that asks it. */
  const pausedUntil = new Map<string, number>()
  const bursts = new Map<string, CountBurst>()

  /** Whether the upstream is worth a question about this model now. */
  const isAskable = (modelId: string): boolean => now() >= (pausedUntil.get(modelId) ?? Number.NEGATIVE_INFINITY)
  const pause = (modelId: string, until: number): void => {
    if (isAskable(modelId)) pausedUntil.set(modelId, until)
  }
  const refuse = (modelId: string, until: number, reason: string | undefined): void => {
    if (isAskable(modelId)) log.info('tokens.upstream_does_not_count', { model: modelId, reason })
    pause(modelId, until)
  }

  const burstOf = (modelId: string): CountBurst => {
    const known = bursts.get(modelId)
    if (known?.isOpen() === true) return known
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
    // What it waited its turn for may have changed: its clients have left, or another count has failed.
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
    /** Undefined where the estimate is to be used. Never rejects. */
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
