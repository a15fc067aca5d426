import { GatewayError } from '../../base/errors.ts'
import type { Upstream } from '../upstream.ts'
import { type AnthropicClientOptions, createAnthropicClient } from './client.ts'
import { createForward } from './forward.ts'

export type AnthropicOptions = AnthropicClientOptions

const notTranslated = (): never => {
  throw new GatewayError('not_supported', 'Only the native lane answers.')
}

/** Creates the upstream for Anthropic's own API. */
export const createAnthropic = (options: AnthropicOptions): Upstream => {
  const { baseUrl, credentials } = options
  const client = createAnthropicClient(options)
  return {
    name: 'anthropic',
    address: baseUrl,
    ...(credentials.domains && { domains: credentials.domains }),
    message: notTranslated,
    stream: notTranslated,
    native: { protocol: 'anthropic', forward: createForward(client) },
  }
}
