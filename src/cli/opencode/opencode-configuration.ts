import { isObject, type Json } from '../../base/json.ts'
import type { Model } from '../../models/model.ts'
import { clientNameOf } from '../../models/resolver.ts'
import { productName } from '../../version.ts'

/** What opencode must know to use the server. */

const providerId = 'nexus'

/** opencode contains this package. It speaks Responses, and brings the model's thinking back. */
const providerPackage = '@ai-sdk/openai'

export interface OpenCodeWanted {
  readonly baseUrl: string
  readonly token: string
  readonly model: Model
  readonly smallModel: Model
  /** All models that the user may choose, including both others. */
  readonly models: readonly Model[]
}

const toEntry = ({ displayName, maxInputTokens, maxOutputTokens }: Model): Json => ({
  name: displayName,
  tool_call: true,
  reasoning: true,
  attachment: true,
  modalities: { input: ['text', 'image', 'pdf'], output: ['text'] },
  limit: { context: maxInputTokens, output: maxOutputTokens },
})

const named = (model: Model): string => `${providerId}/${clientNameOf(model)}`

/** Overrides the user's files where they name the same settings, and keeps all others. */
export const openCodeConfiguration = ({ baseUrl, token, model, smallModel, models }: OpenCodeWanted): Json => ({
  model: named(model),
  small_model: named(smallModel),
  share: 'disabled',
  autoupdate: false,
  provider: {
    [providerId]: {
      npm: providerPackage,
      name: productName,
      options: { baseURL: baseUrl, apiKey: token },
      models: Object.fromEntries(models.map((one) => [clientNameOf(one), toEntry(one)])),
    },
  },
})

/** Keeps what the user already has in opencode's variable. */
export const withOwn = (own: unknown, configuration: Json): Json => {
  if (!isObject(own)) return configuration
  const [ownProviders, providers] = [own['provider'], configuration['provider']]
  return {
    ...own,
    ...configuration,
    provider: { ...(isObject(ownProviders) && ownProviders), ...(isObject(providers) && providers) },
  }
}
