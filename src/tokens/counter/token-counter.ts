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

/** The part of an upstream that counts. */
interface CountingUpstream {
  countTokens?(
    request: CountTokensRequest,
    context: CountContext & { readonly onUpstreamId: (id: string) => void },
  ): Promise<number>
}

export type TokenCounter = ReturnType<typeof createTokenCounter>

/** Whom the counter asks, and what it needs of the world. */
export interface TokenCounterOptions extends UpstreamCountsOptions {
  /** Whose counts are asked for; without it, or where it cannot count, all are estimates. */
  readonly upstream: CountingUpstream | undefined
  /** Does the work when nothing else is to be done: a large prompt takes some milliseconds. */
  readonly defer: (work: () => void) => void
}

/**
 * A person's requests are all learnt from. Under a flood one in a while says as much: an estimate costs more than all
 * the rest of a request.
 */
const calibrationsAtOnce = 60
const calibrationEveryMs = 500

const inputTokens = (usage: InputUsage): number =>
  usage.input_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0)

/**
 * What a prompt costs: by the upstream's own count where it has one, by our estimate otherwise. Learns for as long as it
 * lives.
 */
export const createTokenCounter = (options: TokenCounterOptions) => {
  const { upstream, log, defer, now } = options
  const calibration = createCalibration()
  const mayCalibrate = createRateLimiter(calibrationsAtOnce, calibrationEveryMs, now)
  const upstreamCounts = createUpstreamCounts(options)

  return {
    /**
     * A question that cannot be translated has an estimate, too: what is wrong with it the client hears
     * when it asks for an answer, whatever the upstream's state was when it counted. Rejects with
     * GatewayError only where the conversation defines a tool that is none.
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

    /** Compares what the answer says of its prompt with the estimate, once there is time for it. Never throws. */
    calibrate(request: CountTokensRequest, modelId: string, usage: InputUsage | undefined): void {
      if (usage === undefined || !mayCalibrate()) return
      defer(() => {
        try {
          // Large documents are not read for nothing; where there are none, the least is all.
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
