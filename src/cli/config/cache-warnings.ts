import type { Config } from '../../config/load.ts'
import { cachesForAnHour } from '../../upstreams/registry.ts'

const auditWarnings = ({ cacheAudit, upstream }: Config): string[] =>
  cacheAudit === 'on' && upstream !== 'nexus'
    ? [`cacheAudit: on has no effect with --upstream ${upstream}: only requests to AI Nexus are audited.`]
    : []

/** The launch of Claude Code says more about `1h`. */
const lifetimeWarnings = (config: Config, modelId: string): string[] => {
  const { ttl } = config.cache
  if (ttl === 'client') return []
  if (config.upstream === 'anthropic')
    return [`cache.ttl: ${ttl} has no effect with --upstream anthropic: the client's own lifetimes are forwarded.`]
  if (ttl !== 'mixed' || cachesForAnHour(config, modelId)) return []
  return [`cache.ttl: mixed has no effect for ${modelId}, which takes no cache marker of one hour.`]
}

/**
 * Warns of settings of the cache that have no effect (CA-T2, CA-T4). `modelId`: the main model's id at the upstream.
 */
export const cacheWarnings = (config: Config, modelId: string): string[] => [
  ...auditWarnings(config),
  ...lifetimeWarnings(config, modelId),
]
