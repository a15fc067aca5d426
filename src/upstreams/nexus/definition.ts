import { UsageError } from '../../base/usage-error.ts'
import type { Config } from '../../config/load.ts'
import { createModelResolver } from '../../models/resolver.ts'
import { capabilitiesOf } from '../../translate/capabilities/table.ts'
import type { TranslationPolicy } from '../../translate/policy.ts'
import type { UpstreamDefinition } from '../definition.ts'
import { createNexus } from './index.ts'
import { nexusModels } from './models.ts'

const millisecondsPerSecond = 1000

const toPolicy = ({ translation, bedrock, cache }: Config): TranslationPolicy => {
  const { betas, pdf, excessMedia, systemMessages, billingHeader, strictTools } = translation
  const { serviceTier, latency, guardrail, guardrailVersion, guardrailMode } = bedrock
  const guardrailConfig = {
    guardrailIdentifier: guardrail ?? '',
    guardrailVersion,
    streamProcessingMode: guardrailMode,
  }
  return {
    pdf,
    excessMedia,
    systemMessages,
    billingHeader,
    strictTools,
    cacheTtl: cache.ttl,
    extraBetas: betas,
    fixed: {
      ...(guardrail !== undefined && { guardrailConfig }),
      ...(latency !== undefined && { performanceConfig: { latency } }),
      ...(serviceTier !== undefined && { serviceTier: { type: serviceTier } }),
    },
  }
}

/** AI Nexus with the options of the configuration. */
export const nexus: UpstreamDefinition = {
  createModels: (_config, defaultModelId) => createModelResolver(nexusModels, defaultModelId),
  connection: ({ endpointUrl, apiKey }: Config) => ({
    upstream: 'nexus',
    title: 'AI Nexus',
    url: endpointUrl,
    address: endpointUrl,
    apiKey,
    isKeyOptional: false,
    keySetting: 'apiKey',
    urlSetting: 'endpointUrl',
    keyVariable: 'NEXUS_API_KEY',
  }),
  cachesForAnHour(_config, modelId) {
    const { cachePoints, cacheTtl } = capabilitiesOf(modelId)
    return cachePoints && cacheTtl
  },
  create({ config, random, sleep, apiKey, ...shared }) {
    if (apiKey === undefined) throw new UsageError('No AI Nexus key.')
    return createNexus({
      ...shared,
      apiKey,
      silenceMs: config.timeout * millisecondsPerSecond,
      retry: { maxRetries: config.maxRetries, random, sleep },
      policy: toPolicy(config),
    })
  },
}
