import { Secret } from '../../base/secret.ts'
import type { UpstreamDefinition } from '../definition.ts'
import { createSetupFiles } from './client-setup.ts'
import { createConfiguredKey } from './credentials/configured-key.ts'
import { createAnthropic } from './index.ts'
import { createAnthropicModels } from './models.ts'

/** Anthropic's API, with the options of the configuration. */
export const anthropic: UpstreamDefinition = {
  createModels: createAnthropicModels,
  connection: ({ anthropic: { url, apiKey, credentialsDir, clientKeys } }) => ({
    upstream: 'anthropic',
    title: 'Anthropic',
    url,
    address: url,
    apiKey,
    isKeyOptional: credentialsDir !== undefined || clientKeys === 'forward',
    keySetting: 'anthropic.apiKey',
    urlSetting: 'anthropic.url',
    keyVariable: 'CLAUDE_API_KEY',
  }),
  create: ({ endpointUrl, apiKey, credentials, fetch }) => ({
    ...createAnthropic({
      baseUrl: endpointUrl,
      credentials: credentials ?? createConfiguredKey(apiKey instanceof Secret ? apiKey : undefined),
      fetch,
    }),
    setupFiles: createSetupFiles(Date.now()),
  }),
}
