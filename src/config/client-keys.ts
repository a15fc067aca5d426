import { hasGate } from './client-tokens.ts'
import type { Config } from './load.ts'

type Wanted = Pick<Config, 'clientToken' | 'openai' | 'anthropic' | 'clientTokens' | 'clientsFile'>

/** Whether the server forwards the clients' own credentials to Anthropic (AU-K5). */
export const forwardsClientKeys = (config: Wanted): boolean => {
  const { clientKeys } = config.anthropic
  return clientKeys === 'forward' || (clientKeys === 'auto' && !hasGate(config))
}

/** Whether requests can have another credential than the configured key and the client's own (AU-0c). */
export const hasOtherCredentials = ({ anthropic }: Wanted): boolean =>
  anthropic.credentialsDir !== undefined || (anthropic.claudeCodeLogin && anthropic.allowOauth)
