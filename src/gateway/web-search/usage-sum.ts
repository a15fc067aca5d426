import type { FinalUsage } from '../../wire/anthropic/events.ts'
import type { Usage } from '../../wire/anthropic/response.ts'

/** Adds the figures of one more call of the model (WS-19). */
export const addUsage = <Figures extends FinalUsage>(sum: Figures, more: FinalUsage): Figures => ({
  ...sum,
  input_tokens: sum.input_tokens + more.input_tokens,
  cache_creation_input_tokens: sum.cache_creation_input_tokens + more.cache_creation_input_tokens,
  cache_read_input_tokens: sum.cache_read_input_tokens + more.cache_read_input_tokens,
  cache_creation: {
    ephemeral_5m_input_tokens:
      sum.cache_creation.ephemeral_5m_input_tokens + more.cache_creation.ephemeral_5m_input_tokens,
    ephemeral_1h_input_tokens:
      sum.cache_creation.ephemeral_1h_input_tokens + more.cache_creation.ephemeral_1h_input_tokens,
  },
  output_tokens: sum.output_tokens + more.output_tokens,
})

/** Counts the searches that had an answer. */
export const withSearches = <Figures extends Pick<Usage, 'server_tool_use'>>(
  usage: Figures,
  searches: number,
): Figures => ({ ...usage, server_tool_use: { web_search_requests: searches, web_fetch_requests: 0 } })
