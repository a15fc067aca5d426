import { Secret } from '../../base/secret.ts'
import type { UpstreamDefinition } from '../definition.ts'
import { createSetupFiles } from './client-setup.ts'
import { createConfiguredKey } from './credentials/configured-key.ts'
import { createAnthropic } from './index.ts'
import { createAnthropicModels } from './models.ts'
import { headersOf } from './settings.ts'

const millisecondsPerSecond = 1000

/** Anthropic's API, with the options of the configuration. */
export const anthropic: UpstreamDefinition = {
  createModels(config) {
    headersOf(config)
    return createAnthropicModels()
  },
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
  create: ({ config, endpointUrl, apiKey, credentials, random, sleep, ...shared }) => ({
    ...createAnthropic({
      ...shared,
      baseUrl: endpointUrl,
      credentials: credentials ?? createConfiguredKey(apiKey instanceof Secret ? apiKey : undefined),
      headers: headersOf(config),
      modelMap: config.anthropic.modelMap,
      silenceMs: config.timeout * millisecondsPerSecond,
      retry: { maxRetries: config.maxRetries, random, sleep },
    }),
    setupFiles: createSetupFiles(Date.now()),
  }),
}
