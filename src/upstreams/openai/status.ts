import type { UpstreamStatus } from '../upstream.ts'
import { addressOf, type OpenAiSettings } from './settings.ts'

/** Facts for `/` and `/health`. Scripts of the replaced program read these names (OU-R13, N17). */

interface StatusFacts {
  readonly settings: OpenAiSettings
  readonly hasKey: boolean
  readonly hasClientTokens: boolean
  /** Whether the server has accepted the key so far. */
  readonly isKeyValid: () => boolean
}

export const toStatus = ({ settings, hasKey, hasClientTokens, isKeyValid }: StatusFacts): UpstreamStatus => {
  const { baseUrl, provider, names, output } = settings
  return {
    upstream: { provider: provider.id },
    health: () => ({
      openai_api_configured: hasKey || settings.isKeyOptional,
      api_key_valid: (hasKey || settings.isKeyOptional) && isKeyValid(),
      client_api_key_validation: hasClientTokens,
    }),
    root: () => ({
      config: {
        openai_base_url: addressOf(baseUrl),
        max_tokens_limit: output.maximum ?? null,
        api_key_configured: hasKey,
        client_api_key_validation: hasClientTokens,
        big_model: names.big ?? null,
        small_model: names.small ?? null,
      },
    }),
  }
}
