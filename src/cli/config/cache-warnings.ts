import type { Config } from '../../config/load.ts'
import { cachesForAnHour } from '../../upstreams/registry.ts'

/**
 * Warns of a `cache.ttl` that has no effect (CA-T2, CA-T4). `modelId`: the main model's id at the upstream. The launch of
 * Claude Code says more about `1h`.
 */
export const cacheWarnings = (config: Config, modelId: string): string[] => {
  const { ttl } = config.cache
  if (ttl === 'client') return []
  if (config.upstream === 'anthropic')
    return [`cache.ttl: ${ttl} has no effect with --upstream anthropic: the client's own lifetimes are forwarded.`]
  if (ttl !== 'mixed' || cachesForAnHour(config, modelId)) return []
  return [`cache.ttl: mixed has no effect for ${modelId}, which takes no cache marker of one hour.`]
}
