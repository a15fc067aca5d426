import { didYouMean } from '../../base/did-you-mean.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import type { Secret } from '../../base/secret.ts'
import { UsageError } from '../../base/usage-error.ts'
import type { Config } from '../../config/load.ts'
import type { ChatPolicy } from '../../translate/anthropic-to-openai-chat/policy.ts'
import type { ChatDialectChange } from '../../translate/capabilities/chat-dialect.ts'
import type { AzureOptions } from './address.ts'
import type { ImageRouting } from './image-route.ts'
import type { ModelNames, SizedModels } from './model-map.ts'
import type { OutputLimits } from './output-limit.ts'
import { type Provider, providerOf } from './provider.ts'
import { providers } from './providers.ts'

/** The configuration of an OpenAI-compatible server (OU section 2). */

export interface OpenAiSettings {
  readonly provider: Provider
  readonly baseUrl: string
  readonly azure: AzureOptions
  readonly apiKey: Secret | undefined
  /** The server may require no key. */
  readonly isKeyOptional: boolean
  readonly customHeaders: ReadonlyMap<string, Secret>
  readonly names: ModelNames
  /** Tokens, by the server's id of the model. */
  readonly contextLimits: ReadonlyMap<string, number>
  readonly routing: ImageRouting
  readonly output: OutputLimits
  /** Options of the translation. */
  readonly policy: ChatPolicy
  /** Changes of the configuration to a model's dialect. */
  readonly dialectFor: (modelId: string) => ChatDialectChange
}

/** Without an address, a key in an `OPENAI_` variable is sent only to OpenAI (OU-R0). */
const defaultBaseUrl = 'https://api.openai.com/v1'

/** Throws UsageError for an unknown provider, or one without an address. */
const baseUrlOf = ({ openai: { provider: id, url } }: Config): string => {
  if (id === undefined) return url ?? defaultBaseUrl
  const ids = providers.map((provider) => provider.id)
  const named = providers.find((provider) => provider.id === id)
  if (named === undefined)
    throw new UsageError(`Unknown provider ${id}.${didYouMean(id, ids)} Known: ${ids.join(', ')}.`)
  const baseUrl = url ?? named.baseUrl
  if (baseUrl === undefined) throw new UsageError(`The provider ${id} has no fixed address. Set --openai-url.`)
  return baseUrl
}

const sizedModels = ({ openai: { models } }: Config, { defaults }: Provider): SizedModels => {
  const big = models.big ?? defaults?.big
  return {
    big,
    middle: models.middle ?? models.big ?? defaults?.middle ?? big,
    small: models.small ?? models.big ?? defaults?.small ?? big,
    vision: models.vision ?? defaults?.vision,
  }
}

/** If one model has two limits, the lower one applies. */
const limitsOf = (models: SizedModels, limits: Config['openai']['contextLimits']): ReadonlyMap<string, number> => {
  const byModel = new Map<string, number>()
  for (const size of ['big', 'middle', 'small', 'vision'] as const) {
    const [id, limit] = [models[size], limits[size]]
    if (id !== undefined && limit > 0) byModel.set(id, Math.min(limit, byModel.get(id) ?? limit))
  }
  return byModel
}

const dialectChange = ({ reasoning, prefill, textToolCalls, thinkPrefilled }: Config['openai']): ChatDialectChange => ({
  ...(reasoning !== undefined && { reasoning }),
  ...(prefill !== 'none' && { prefill }),
  ...(textToolCalls && { textToolCalls }),
  ...(thinkPrefilled && { thinkPrefilled }),
})

const policyOf = ({ openai, translation, cache }: Config): ChatPolicy => ({
  billingHeader: translation.billingHeader,
  strictTools: translation.strictTools,
  cacheTtl: cache.ttl,
  userId: translation.userId,
  afterToolResults: translation.afterToolResults,
  excessTools: translation.excessTools,
  serviceTier: openai.serviceTier,
  prefill: openai.prefill !== 'none',
  disableTools: openai.disableTools,
})

/** If a vision model is set, the other models get placeholders for images (OU-R3), except those in the exact map. */
const isBlind = (modelId: string, { vision }: SizedModels, { modelMap }: Config['openai']): boolean =>
  vision !== undefined && modelId !== vision && ![...modelMap.values()].includes(modelId)

/** Throws UsageError for a provider that is unknown, or has no address. */
export const readOpenAiSettings = (config: Config): OpenAiSettings => {
  const { openai, limits } = config
  const baseUrl = baseUrlOf(config)
  const provider = providerOf(providers, baseUrl, openai.provider)
  const models = sizedModels(config, provider)
  const dialect = dialectChange(openai)
  return {
    provider,
    baseUrl,
    azure: { apiVersion: openai.azureApiVersion },
    apiKey: openai.apiKey,
    isKeyOptional: provider.auth === 'optional' || isLoopbackHost(new URL(baseUrl).hostname),
    customHeaders: openai.headers,
    names: { ...models, modelMap: openai.modelMap },
    contextLimits: limitsOf(models, openai.contextLimits),
    routing: {
      visionModel: models.vision,
      route: openai.visionRoute,
      stripsContext: openai.stripImageContext,
    },
    policy: policyOf(config),
    output: { maximum: limits.maxTokens, minimum: limits.minTokens },
    dialectFor: (modelId) => (isBlind(modelId, models, openai) ? { ...dialect, images: false } : dialect),
  }
}

/** For messages: without the query, which may contain a key. */
export const addressOf = (baseUrl: string): string => baseUrl.replace(/\?.*$/, '')
