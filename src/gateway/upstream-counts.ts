import { clientClosed, GatewayError, toGatewayError } from '../base/errors.ts'
import { createLimiter } from '../base/limiter.ts'
import type { Logger } from '../base/logger.ts'
import { type CountBurst, startBurst } from './count-burst.ts'

interface CountQuestion {
  readonly modelId: string
  /** The same for the same prompt, and for no other. */
  readonly key: string
  /** Whether whoever asks has left. */
  readonly isAbandoned: () => boolean
  readonly ask: (signal: AbortSignal) => Promise<number>
  /** Whether a count can be that of the whole prompt. */
  readonly isPlausible: (tokens: number) => boolean
}

export interface UpstreamCountsOptions {
  /** Milliseconds that a client waits for the upstream's count at most. */
  readonly limitMs?: number
  readonly now: () => number
  readonly log: Logger
}

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
const mostCached = 500

/** The request's own fault, or its client's: the next one may fare better. */
const isAboutRequest = ({ type, status }: GatewayError): boolean =>
  type === 'invalid_request_error' || type === 'request_too_large' || status === clientClosed(undefined).status

const withoutTools = (): GatewayError =>
  new GatewayError('not_supported', 'The count leaves out the tools.', { isLoggable: true })

type Once = (key: string, work: () => Promise<number>) => Promise<number>

/** The same work is done once: while it is under way, and for as long as its result is remembered. */
const createOnce = (): Once => {
  const counts = new Map<string, number>()
  const underWay = new Map<string, Promise<number>>()
  const remember = (key: string, tokens: number): number => {
    counts.delete(key)
    counts.set(key, tokens)
    const [oldest] = counts.keys()
    if (counts.size > mostCached && oldest !== undefined) counts.delete(oldest)
    return tokens
  }
  return async (key, work) => {
    const known = counts.get(key)
    if (known !== undefined) return remember(key, known)
    const same = underWay.get(key)
    if (same !== undefined) return same
    const begun = work().finally(() => underWay.delete(key))
    underWay.set(key, begun)
    return remember(key, await begun)
  }
}

/** The upstream's own counts, as far as it has any: few at once, each prompt once, and soon or not at all. */
export const createUpstreamCounts = (options: UpstreamCountsOptions): UpstreamCounts => {
  const { limitMs = defaultLimitMs, now, log } = options
  const limited = createLimiter(mostAtOnce)
  const once = createOnce()
  /** Models that the upstream does not count for. */
  const refused = new Set<string>()
  /** By model, its first question: the others wait for what comes of it, and are not asked in vain. */
  const probes = new Map<string, Promise<number>>()
  let pausedUntil = Number.NEGATIVE_INFINITY
  let burst: CountBurst | undefined

  const onFailure = (thrown: unknown): void => {
    const error = toGatewayError(thrown)
    if (error.type !== 'not_supported' && !isAboutRequest(error)) pausedUntil = now() + pauseMs
    log.debug('tokens.estimated', { error: error.type, status: error.status })
  }
  const refuse = (modelId: string, { isLoggable, message }: GatewayError): void => {
    if (refused.has(modelId)) return
    refused.add(modelId)
    log.info('tokens.upstream_does_not_count', { model: modelId, reason: isLoggable ? message : undefined })
  }

  const ask = async (question: CountQuestion, signal: AbortSignal): Promise<number> => {
    const { modelId } = question
    // It may have waited for its turn until nobody wanted it any more.
    if (signal.aborted || question.isAbandoned()) throw clientClosed(undefined)
    try {
      const tokens = await question.ask(signal)
      if (!question.isPlausible(tokens)) throw withoutTools()
      return tokens
    } catch (error) {
      if (error instanceof GatewayError && error.type === 'not_supported') refuse(modelId, error)
      throw error
    }
  }
  const probed = async (question: CountQuestion, signal: AbortSignal): Promise<number> => {
    const { modelId } = question
    const probe = probes.get(modelId)
    if (probe !== undefined) {
      await probe
      return limited(() => ask(question, signal))
    }
    const first = limited(() => ask(question, signal))
    probes.set(modelId, first)
    return first.catch((error: unknown) => {
      probes.delete(modelId)
      throw error
    })
  }
  const isAskable = (modelId: string): boolean => !refused.has(modelId) && now() >= pausedUntil
  return {
    isAskable,
    async count(question) {
      if (!isAskable(question.modelId)) return undefined
      if (burst?.isOpen() !== true) burst = startBurst({ limitMs, now, onFailure })
      const { signal, join } = burst
      return join(() => once(question.key, () => probed(question, signal)))
    },
  }
}
