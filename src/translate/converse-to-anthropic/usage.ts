import { noUsage, toTokenCount, withUnknownFigures } from '../../messages/usage.ts'
import type { Usage } from '../../wire/anthropic/response.ts'
import type { TokenUsage } from '../../wire/converse/response.ts'
import { toCacheCreation as divideWritten } from '../cache-lifetime.ts'
import type { ResponseContext } from './response-context.ts'

const sumOf = ({ cacheDetails }: TokenUsage, ttl: '5m' | '1h'): number => {
  if (!Array.isArray(cacheDetails)) return 0
  let sum = 0
  for (const detail of cacheDetails) if (detail?.ttl === ttl) sum += toTokenCount(detail.inputTokens)
  return sum
}

const toCacheCreation = (usage: TokenUsage, responseContext: ResponseContext): Usage['cache_creation'] => {
  const written = toTokenCount(usage.cacheWriteInputTokens)
  const hour = sumOf(usage, '1h')
  const minutes = sumOf(usage, '5m')
  if (hour + minutes === 0) {
    return divideWritten({ read: toTokenCount(usage.cacheReadInputTokens), written }, responseContext.hourShare)
  }
  return { ephemeral_5m_input_tokens: minutes, ephemeral_1h_input_tokens: hour }
}

/**
 * Both protocols count the same way: input tokens exclude tokens read from or written to the cache. Missing figures are
 * 0, never null, because Claude Code adds them up.
 */
export const toUsage = (
  usage: TokenUsage | undefined,
  serviceTier: string | undefined,
  responseContext: ResponseContext,
): Usage =>
  usage === undefined || usage === null
    ? noUsage
    : withUnknownFigures({
        input_tokens: toTokenCount(usage.inputTokens),
        cache_creation_input_tokens: toTokenCount(usage.cacheWriteInputTokens),
        cache_read_input_tokens: toTokenCount(usage.cacheReadInputTokens),
        cache_creation: toCacheCreation(usage, responseContext),
        output_tokens: toTokenCount(usage.outputTokens),
        service_tier: serviceTier === 'priority' ? 'priority' : 'standard',
      })
