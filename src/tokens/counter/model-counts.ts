import type { ConcurrencyLimit } from '../../base/concurrency-limit.ts'
import { clientClosed, GatewayError, toGatewayError } from '../../base/errors.ts'
import type { Logger } from '../../base/logger.ts'
import { type CountSpeed, createCountSpeed } from './count-speed.ts'
import { createCountTrust } from './count-trust.ts'

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
  measure(question: CountQuestion, signal: AbortSignal): Promise<number>
}

/** What they share with those of other models. */
interface ModelCountsOptions {
  readonly modelId: string
  readonly limited: ConcurrencyLimit
  readonly now: () => number
  readonly log: Logger
}

/** The request's own fault, or its client's: the next one may fare better. */
export const isAboutRequest = ({ type, status }: GatewayError): boolean =>
  type === 'invalid_request_error' || type === 'request_too_large' || status === clientClosed(undefined).status

/** A count that is not used now; the reason may be logged. */
export const unusable = (reason: string): GatewayError =>
  new GatewayError('not_supported', reason, { isLoggable: true })

/** The first question comes alone: the others wait for what comes of it, and are not asked in vain. */
const createProbing = (ask: ModelCounts['ask']): ModelCounts['ask'] => {
  let isProven = false
  let probe: Promise<number> | undefined
  const askFirst = async (question: CountQuestion, signal: AbortSignal): Promise<number> => {
    probe = ask(question, signal)
    try {
      const tokens = await probe
      isProven = true
      return tokens
    } finally {
      probe = undefined
    }
  }
  return async (question, signal) => {
    while (!isProven) {
      if (probe === undefined) return askFirst(question, signal)
      // One that failed for its own sake has proven nothing: the next takes its place.
      await probe.catch((thrown: unknown) => {
        if (!isAboutRequest(toGatewayError(thrown))) throw thrown
      })
    }
    return ask(question, signal)
  }
}

/** Of a model that nothing is known of: it is taken for one that the upstream counts for. */
export const createModelCounts = ({ modelId, limited, now, log }: ModelCountsOptions): ModelCounts => {
  const speed = createCountSpeed(now)
  const trust = createCountTrust(now, (reason) =>
    log.info('tokens.upstream_does_not_count', { model: modelId, reason }),
  )

  const timed = async (question: CountQuestion, signal: AbortSignal): Promise<number> => {
    const startedAt = now()
    try {
      const tokens = await question.ask(signal)
      speed.took(now() - startedAt)
      return tokens
    } catch (thrown) {
      if (signal.aborted) speed.tookAtLeast(now() - startedAt)
      throw thrown
    }
  }
  const ask = async (question: CountQuestion, signal: AbortSignal): Promise<number> => {
    // It may have waited for its turn until nobody wanted it any more.
    if (signal.aborted) throw clientClosed(undefined)
    const tokens = await timed(question, signal).catch((thrown: unknown) => {
      const { type, isLoggable, message } = toGatewayError(thrown)
      if (type === 'not_supported') trust.refuse(isLoggable ? message : undefined)
      throw thrown
    })
    const reason = question.doubt(tokens)
    if (reason === undefined) return tokens
    trust.doubt(reason)
    throw unusable(reason)
  }
  const inTurn = (question: CountQuestion, signal: AbortSignal): Promise<number> => limited(() => ask(question, signal))

  return { speed, isRefused: trust.isRefused, measure: inTurn, ask: createProbing(inTurn) }
}
