import type { Logger } from '../base/logger.ts'
import { createCalibration, isTelling } from '../tokens/calibration.ts'
import { type Estimate, estimateTokens, toCount } from '../tokens/estimate.ts'
import { leastMedia } from '../tokens/media.ts'
import type { CallContext, Upstream } from '../upstreams/upstream.ts'
import type { CountTokensRequest } from '../wire/anthropic/request.ts'
import type { Usage } from '../wire/anthropic/response.ts'
import { createUpstreamCounts } from './upstream-counts.ts'

type InputUsage = Pick<Usage, 'input_tokens' | 'cache_creation_input_tokens' | 'cache_read_input_tokens'>

/** What a prompt costs: by the upstream's own count where it has one, by our estimate otherwise. */
export interface TokenCounter {
  /** Rejects with GatewayError for a request that makes no sense; never because of the upstream. */
  count(request: CountTokensRequest, context: Omit<CallContext, 'onUpstreamId'>): Promise<number>
  /** Compares what the answer says of its prompt with the estimate, once there is time for it. Never throws. */
  learn(request: CountTokensRequest, modelId: string, usage: InputUsage | undefined): void
}

export interface TokenCounterOptions {
  /** Whose counts are asked for; without it, or where it cannot count, all are estimates. */
  readonly upstream: Pick<Upstream, 'countTokens'> | undefined
  readonly log: Logger
  readonly now: () => number
  /** Does the work when nothing else is to be done: a large prompt takes some milliseconds. */
  readonly defer: (work: () => void) => void
  /** For tests; the product's own value otherwise. */
  readonly limitMs?: number
}

/** Tools that are less than this share of a prompt would not be missed in its count for certain. */
const noticeableTools = 0.3

/**
 * Bedrock's count of a Converse body has been reported to leave out the tools (Portkey-AI/gateway, PR 1379).
 * A count nearer to the prompt without them than to the whole is one of those. Whether it has Anthropic's
 * prompt for tools does not matter here: it is larger than many a tool.
 */
const hasTools = (estimate: Estimate, factor: number): ((tokens: number) => boolean) => {
  const { tools, media } = estimate
  const text = estimate.text - estimate.toolsPrompt
  const isNoticeable = tools >= (text + media) * noticeableTools
  return (tokens) => !isNoticeable || tokens >= (text - tools / 2) * factor + media
}

const inputTokens = (usage: InputUsage): number =>
  usage.input_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0)

export const createTokenCounter = (options: TokenCounterOptions): TokenCounter => {
  const { upstream, log, defer } = options
  const calibration = createCalibration()
  const upstreamCounts = createUpstreamCounts(options)

  return {
    async count(request, context) {
      const { modelId, betas } = context
      const estimate = estimateTokens(request, modelId)
      const factor = calibration.factor(modelId)
      const ask = upstream?.countTokens
      if (ask === undefined || !upstreamCounts.isAskable(modelId)) return toCount(estimate, factor)
      const counted = await upstreamCounts.count({
        modelId,
        key: `${modelId} ${Bun.hash(JSON.stringify([betas, request]))}`,
        isAbandoned: () => context.signal.aborted,
        // The call is shared by all who ask for the same: one client who leaves does not end it.
        ask: (signal) => ask(request, { ...context, signal, onUpstreamId: () => {} }),
        isPlausible: hasTools(estimate, factor),
      })
      return counted ?? toCount(estimate, factor)
    },

    learn(request, modelId, usage) {
      if (usage === undefined) return
      const actual = inputTokens(usage)
      defer(() => {
        try {
          // Large documents are not read for nothing.
          if (!isTelling(estimateTokens(request, modelId, leastMedia))) return
          calibration.observe(modelId, estimateTokens(request, modelId), actual)
        } catch (error) {
          log.error('tokens.learning_failed', { error: error instanceof Error ? error.name : 'unknown' })
        }
      })
    },
  }
}
