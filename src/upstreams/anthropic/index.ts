import type { NativeLane, Upstream } from '../upstream.ts'
import { type AnthropicClientOptions, createAnthropicClient } from './client.ts'
import { createForward } from './forward.ts'
import { createMessages } from './messages.ts'

export interface AnthropicOptions extends AnthropicClientOptions {
  /** What is forwarded, and how. */
  readonly lane: Pick<NativeLane, 'modelMap' | 'forwardsUnknownPaths' | 'countsTokens'>
}

/** Creates the upstream for Anthropic's own API. */
export const createAnthropic = (options: AnthropicOptions): Upstream => {
  const { baseUrl, credentials, lane } = options
  const client = createAnthropicClient(options)
  return {
    name: 'anthropic',
    address: baseUrl,
    ...(credentials.domains && { domains: credentials.domains }),
    ...(credentials.problems && { degraded: credentials.problems }),
    ...createMessages(client, lane.modelMap, options.log),
    native: { protocol: 'anthropic', forward: createForward(client, lane.modelMap), ...lane },
  }
}
