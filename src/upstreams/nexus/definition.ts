import type { Config } from '../../config/load.ts'
import type { TranslationPolicy } from '../../translate/policy.ts'
import type { UpstreamDefinition } from '../definition.ts'
import { createNexus } from './index.ts'
import { nexusModels } from './models.ts'

const millisecondsPerSecond = 1000

const toPolicy = ({ translation, bedrock }: Config): TranslationPolicy => {
  const { betas, safeguards: _ofGateway, ...choices } = translation
  const { serviceTier, latency, guardrail, guardrailVersion, guardrailMode } = bedrock
  const guardrailConfig = {
    guardrailIdentifier: guardrail ?? '',
    guardrailVersion,
    streamProcessingMode: guardrailMode,
  }
  return {
    ...choices,
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
  models: nexusModels,
  create: ({ config, random, sleep, ...shared }) =>
    createNexus({
      ...shared,
      silenceMs: config.timeout * millisecondsPerSecond,
      retry: { maxRetries: config.maxRetries, random, sleep },
      policy: toPolicy(config),
    }),
}
