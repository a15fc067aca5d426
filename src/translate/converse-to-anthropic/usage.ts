import type { Usage } from '../../wire/anthropic/response.ts'
import type { TokenUsage } from '../../wire/converse/response.ts'
import type { ResponseContext } from './response-context.ts'

/** Members that Converse has no figures for. */
const unknown = {
  output_tokens_details: null,
  server_tool_use: null,
  inference_geo: null,
  speed: null,
  iterations: null,
  fallback_credit: null,
} as const

export const noUsage: Usage = {
  input_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  output_tokens: 0,
  service_tier: 'standard',
  ...unknown,
}

/** Whatever is no figure counts for nothing: an answer is not refused for what it says of its price. */
const figure = (value: unknown): number => (Number.isInteger(value) && Number(value) >= 0 ? Number(value) : 0)

const sumOf = (usage: TokenUsage, ttl: '5m' | '1h'): number =>
  (Array.isArray(usage.cacheDetails) ? usage.cacheDetails : []).reduce(
    (sum, detail) => sum + (detail?.ttl === ttl ? figure(detail.inputTokens) : 0),
    0,
  )

const toCacheCreation = (usage: TokenUsage, responseContext: ResponseContext): Usage['cache_creation'] => {
  const written = figure(usage.cacheWriteInputTokens)
  const hour = sumOf(usage, '1h')
  const minutes = sumOf(usage, '5m')
  if (hour + minutes === 0 && written > 0) {
    return responseContext.cachesForAnHour
      ? { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: written }
      : { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 }
  }
  return { ephemeral_5m_input_tokens: minutes, ephemeral_1h_input_tokens: hour }
}

/**
 * Both sides count the same way: input tokens do not hold what came from the cache or went into it.
 * Missing figures are 0, never null: Claude Code adds them up.
 */
export const toUsage = (
  usage: TokenUsage | undefined,
  serviceTier: string | undefined,
  responseContext: ResponseContext,
): Usage =>
  usage === undefined || usage === null
    ? noUsage
    : {
        input_tokens: figure(usage.inputTokens),
        cache_creation_input_tokens: figure(usage.cacheWriteInputTokens),
        cache_read_input_tokens: figure(usage.cacheReadInputTokens),
        cache_creation: toCacheCreation(usage, responseContext),
        output_tokens: figure(usage.outputTokens),
        service_tier: serviceTier === 'priority' ? 'priority' : 'standard',
        ...unknown,
      }
