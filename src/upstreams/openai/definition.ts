import { Secret } from '../../base/secret.ts'
import { hasGate } from '../../config/client-tokens.ts'
import { productName, version } from '../../version.ts'
import type { UpstreamDefinition } from '../definition.ts'
import { createAdaptRequest } from './adapt-request.ts'
import { createOpenAi } from './index.ts'
import { createOpenAiModels } from './models.ts'
import { fallbackTokens } from './output-limit.ts'
import { dialectOf } from './provider.ts'
import { addressOf, readOpenAiSettings } from './settings.ts'
import { toStatus } from './status.ts'
import { withAdaptedRequests } from './with-adapted-requests.ts'

const millisecondsPerSecond = 1000

/** The upstream for any OpenAI-compatible server. */
export const openai: UpstreamDefinition = {
  createModels(config) {
    const { names, contextLimits, output } = readOpenAiSettings(config)
    return createOpenAiModels({ names, contextLimits, maximumOutput: output.maximum })
  },
  connection(config) {
    const { baseUrl, apiKey, isKeyOptional } = readOpenAiSettings(config)
    return {
      upstream: 'openai',
      title: new URL(baseUrl).host,
      url: baseUrl,
      address: addressOf(baseUrl),
      apiKey,
      isKeyOptional,
      keySetting: 'openai.apiKey',
      urlSetting: 'openai.url',
      keyVariable: 'OPENAI_API_KEY',
    }
  },
  cachesForAnHour(config, modelId) {
    const { cache, cacheTtl } = dialectOf(readOpenAiSettings(config).provider, modelId)
    return cache === 'anthropic' && cacheTtl
  },
  create({ config, endpointUrl, apiKey, random, sleep, ...shared }) {
    const settings = readOpenAiSettings(config)
    // No helper program prints this key.
    const key = apiKey instanceof Secret ? apiKey : undefined
    const upstream = createOpenAi({
      ...shared,
      ...settings,
      baseUrl: endpointUrl,
      apiKey: key,
      userAgent: `${productName}/${version}`,
      silenceMs: config.timeout * millisecondsPerSecond,
      retry: { maxRetries: config.maxRetries, random, sleep },
    })
    let isKeyValid = true
    const status = toStatus({
      settings: { ...settings, baseUrl: endpointUrl },
      hasKey: key !== undefined,
      hasClientTokens: hasGate(config),
      isKeyValid: () => isKeyValid,
    })
    const adapted = withAdaptedRequests(upstream, createAdaptRequest({ ...shared, ...settings }), (isValid) => {
      isKeyValid = isValid
    })
    const fallbackMaxTokens = fallbackTokens(settings.output)
    return {
      ...adapted,
      address: addressOf(endpointUrl),
      status,
      ...(fallbackMaxTokens !== undefined && { fallbackMaxTokens }),
    }
  },
}
