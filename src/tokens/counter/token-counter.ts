import { nameOf } from '../../base/error-location.ts'
import { createRateLimiter } from '../../base/rate-limiter.ts'
import { cacheHash } from '../../runtime/hash.ts'
import type { CountTokensRequest } from '../../wire/anthropic/request.ts'
import type { Usage } from '../../wire/anthropic/response.ts'
import { createCalibration, isReliable } from '../calibration.ts'
import { estimateTokens, toCount } from '../estimate/estimate.ts'
import { leastMedia } from '../estimate/media.ts'
import { createPlausibilityCheck } from './count-plausibility.ts'
import { createUpstreamCounts, type UpstreamCountsOptions } from './upstream-counts.ts'

type InputUsage = Pick<Usage, 'input_tokens' | 'cache_creation_input_tokens' | 'cache_read_input_tokens'>

/** What a count carries next to its request. */
interface CountContext {
  readonly requestId: string
  /** The upstream's id of the model. */
  readonly modelId: string
  /** Flags of the `anthropic-beta` header. */
  readonly betas: readonly string[]
  readonly signal: AbortSignal
}

/** The part of an upstream that counts tokens. */
interface CountingUpstream {
  countTokens?(
    request: CountTokensRequest,
    context: CountContext & { readonly onUpstreamId: (id: string) => void },
  ): Promise<number>
}

export type TokenCounter = ReturnType<typeof createTokenCounter>

/** The upstream, and what the counter needs from its environment. */
export interface TokenCounterOptions extends UpstreamCountsOptions {
  /** Counts tokens. If undefined or unable to count, all results are estimates. */
  readonly upstream: CountingUpstream | undefined
  /** Runs the work when the process is idle: a large prompt takes some milliseconds. */
  readonly defer: (work: () => void) => void
}

/**
 * Enough to learn from every request of one user. Under load a sample is enough: an estimate costs more than the rest
 * of a request.
 */
const calibrationsAtOnce = 60
const calibrationEveryMs = 500

const inputTokens = (usage: InputUsage): number =>
  usage.input_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0)

/**
 * Counts a prompt's tokens: by the upstream's count if it has one, otherwise by our estimate. Learns from responses.
 */
export const createTokenCounter = (options: TokenCounterOptions) => {
  const { upstream, log, defer, now } = options
  const calibration = createCalibration()
  const mayCalibrate = createRateLimiter(calibrationsAtOnce, calibrationEveryMs, now)
  const upstreamCounts = createUpstreamCounts(options)

  return {
    /**
     * A request that cannot be translated gets an estimate, too: the client gets the error when it sends the messages
     * request, so that it does not depend on the upstream's state. Rejects with GatewayError only if the conversation
     * defines an invalid tool.
     */
    async count(request: CountTokensRequest, context: CountContext): Promise<number> {
      const { modelId, betas } = context
      const estimate = estimateTokens(request, modelId)
      const factor = calibration.factor(modelId)
      const ask = upstream?.countTokens
      if (ask === undefined || !upstreamCounts.isAskable(modelId)) return toCount(estimate, factor)
      const requestText = JSON.stringify([betas, request])
      const counted = await upstreamCounts.count({
        modelId,
        key: `${modelId} ${cacheHash(requestText)}`,
        leaving: context.signal,
        ask: (signal) => ask(request, { ...context, signal, onUpstreamId: () => {} }),
        implausibility: createPlausibilityCheck(estimate, factor, requestText.length),
      })
      return counted ?? toCount(estimate, factor)
    },

    /** Compares the response's input tokens with the estimate when the process is idle. Never throws. */
    calibrate(request: CountTokensRequest, modelId: string, usage: InputUsage | undefined): void {
      if (usage === undefined || !mayCalibrate()) return
      defer(() => {
        try {
          // Does not read large documents if the request is unreliable anyway. Without media, the least is exact.
          const least = estimateTokens(request, modelId, leastMedia)
          if (!isReliable(least)) return
          const estimate = least.media === 0 ? least : estimateTokens(request, modelId)
          calibration.observe(modelId, estimate, inputTokens(usage))
        } catch (error) {
          log.error('tokens.learning_failed', { error: nameOf(error) })
        }
      })
    },
  }
}
