import type { Upstream } from '../upstream.ts'
import { type AnthropicClientOptions, createAnthropicClient } from './client.ts'
import { createForward } from './forward.ts'
import { createMessages } from './messages.ts'

export interface AnthropicOptions extends AnthropicClientOptions {
  /** Names of models that are replaced (AU-N7). */
  readonly modelMap: ReadonlyMap<string, string>
}

/** Creates the upstream for Anthropic's own API. */
export const createAnthropic = (options: AnthropicOptions): Upstream => {
  const { baseUrl, credentials, modelMap } = options
  const client = createAnthropicClient(options)
  return {
    name: 'anthropic',
    address: baseUrl,
    ...(credentials.domains && { domains: credentials.domains }),
    ...(credentials.problems && { degraded: credentials.problems }),
    ...createMessages(client, modelMap),
    native: { protocol: 'anthropic', forward: createForward(client) },
  }
}
