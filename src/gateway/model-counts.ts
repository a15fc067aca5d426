import { clientClosed, GatewayError, toGatewayError } from '../base/errors.ts'
import type { Limiter } from '../base/limiter.ts'
import type { Logger } from '../base/logger.ts'
import { type CountSpeed, createCountSpeed } from './count-speed.ts'

/** One prompt, and how to have it counted. */
export interface CountQuestion {
  readonly modelId: string
  /** The same for the same prompt, and for no other. */
  readonly key: string
  /** Aborts when whoever asks has gone. */
  readonly leaving: AbortSignal
  readonly ask: (signal: AbortSignal) => Promise<number>
  /** Why a count cannot be that of the prompt, for the log; undefined where it can. */
  readonly doubt: (tokens: number) => string | undefined
}

/** What is known of the upstream's counts of one model. */
export interface ModelCounts {
  readonly speed: CountSpeed
  /** Whether the upstream does not count for the model, or not in a way that could be believed. */
  isRefused(): boolean
  /** Rejects with GatewayError: `not_supported` where the count is none. */
  ask(question: CountQuestion, signal: AbortSignal): Promise<number>
  /** One call for its own sake, whatever comes of it. */
  measure(question: CountQuestion, signal: AbortSignal): Promise<void>
}

interface ModelCountsOptions {
  readonly modelId: string
  readonly limited: Limiter
  readonly now: () => number
  readonly log: Logger
}

/**
 * For how long one doubt waits for a second, and for how long two are believed. It is our estimate
 * that doubts, and it may be the one that is wrong.
 */
const doubtMs = 10 * 60_000

/** The request's own fault, or its client's: the next one may fare better. */
export const isAboutRequest = ({ type, status }: GatewayError): boolean =>
  type === 'invalid_request_error' || type === 'request_too_large' || status === clientClosed(undefined).status

/** A count that is not used now; the reason may be logged. */
export const unusable = (reason: string): GatewayError =>
  new GatewayError('not_supported', reason, { isLoggable: true })

export const createModelCounts = ({ modelId, limited, now, log }: ModelCountsOptions): ModelCounts => {
  const speed = createCountSpeed(now)
  let refusedUntil = Number.NEGATIVE_INFINITY
  let doubtedAt = Number.NEGATIVE_INFINITY
  let isProven = false
  /** The first question: the others wait for what comes of it, and are not asked in vain. */
  let probe: Promise<number> | undefined

  const isRefused = (): boolean => now() < refusedUntil
  const refuse = (until: number, reason: string | undefined): void => {
    if (isRefused()) return
    refusedUntil = until
    log.info('tokens.upstream_does_not_count', { model: modelId, reason })
  }
  const rejectDoubtful = (reason: string): never => {
    if (now() - doubtedAt < doubtMs) refuse(now() + doubtMs, reason)
    doubtedAt = now()
    throw unusable(reason)
  }
  const askNow = async (question: CountQuestion, signal: AbortSignal): Promise<number> => {
    // It may have waited for its turn until nobody wanted it any more.
    if (signal.aborted) throw clientClosed(undefined)
    const startedAt = now()
    let tokens: number
    try {
      tokens = await question.ask(signal)
    } catch (thrown) {
      if (signal.aborted) speed.tookAtLeast(now() - startedAt)
      const { type, isLoggable, message } = toGatewayError(thrown)
      if (type === 'not_supported') refuse(Number.POSITIVE_INFINITY, isLoggable ? message : undefined)
      throw thrown
    }
    speed.took(now() - startedAt)
    const reason = question.doubt(tokens)
    return reason === undefined ? tokens : rejectDoubtful(reason)
  }
  const askFirst = async (question: CountQuestion, signal: AbortSignal): Promise<number> => {
    probe = limited(() => askNow(question, signal))
    try {
      const tokens = await probe
      isProven = true
      return tokens
    } finally {
      probe = undefined
    }
  }

  return {
    speed,
    isRefused,
    async ask(question, signal) {
      while (!isProven) {
        if (probe === undefined) return askFirst(question, signal)
        // One that failed for its own sake has proven nothing: the next takes its place.
        await probe.catch((thrown: unknown) => {
          if (!isAboutRequest(toGatewayError(thrown))) throw thrown
        })
      }
      return limited(() => askNow(question, signal))
    },
    async measure(question, signal) {
      await limited(() => askNow(question, signal))
    },
  }
}
