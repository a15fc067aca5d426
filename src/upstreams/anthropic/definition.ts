import { Secret } from '../../base/secret.ts'
import { forwardsClientKeys, hasOtherCredentials } from '../../config/client-keys.ts'
import type { UpstreamDefinition } from '../definition.ts'
import { createSetupFiles } from './client-setup.ts'
import { createCredentials } from './credentials/credentials.ts'
import { createAnthropic } from './index.ts'
import { createAnthropicModels } from './models.ts'
import { headersOf } from './settings.ts'
import { toStatus } from './status.ts'

const millisecondsPerSecond = 1000

/** Anthropic's API, with the options of the configuration. */
export const anthropic: UpstreamDefinition = {
  createModels(config) {
    headersOf(config)
    return createAnthropicModels(config.anthropic.modelMap)
  },
  connection: (config) => ({
    upstream: 'anthropic',
    title: 'Anthropic',
    url: config.anthropic.url,
    address: config.anthropic.url,
    apiKey: config.anthropic.apiKey,
    isKeyOptional: hasOtherCredentials(config) || forwardsClientKeys(config),
    keySetting: 'anthropic.apiKey',
    urlSetting: 'anthropic.url',
    keyVariable: 'CLAUDE_API_KEY',
    withoutKey: 'none: requests have the credential of their domain, or of their client',
    otherWays: [
      '--credentials-dir FOLDER   (a file of credentials for each domain)',
      '--client-keys forward   (each client sends its own key)',
    ],
  }),
  cachesForAnHour: () => true,
  create: ({ config, endpointUrl, apiKey, credentialSources, isClientToken, random, sleep, ...shared }) => ({
    ...createAnthropic({
      ...shared,
      baseUrl: endpointUrl,
      credentials: createCredentials({
        ...credentialSources,
        // No helper program prints this key.
        key: apiKey instanceof Secret ? apiKey : undefined,
        forwardsClientKeys: forwardsClientKeys(config),
        isClientToken,
      }),
      headers: headersOf(config),
      silenceMs: config.timeout * millisecondsPerSecond,
      retry: { maxRetries: config.maxRetries, random, sleep },
      lane: {
        modelMap: config.anthropic.modelMap,
        forwardsUnknownPaths: config.anthropic.unknownPaths === 'forward',
        countsTokens: config.countTokens === 'auto',
      },
    }),
    // Not earlier: a Worker does not know the time before its first request.
    setupFiles: { get: (name) => createSetupFiles(Date.now()).get(name) },
    status: toStatus(config),
  }),
}
