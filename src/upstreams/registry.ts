import type { Config } from '../config/load.ts'
import type { ModelResolver } from '../models/resolver.ts'
import { anthropic } from './anthropic/definition.ts'
import type { Connection, UpstreamDefinition, UpstreamDependencies } from './definition.ts'
import { nexus } from './nexus/definition.ts'
import { openai } from './openai/definition.ts'
import type { Upstream } from './upstream.ts'

/** Every kind of upstream, by its name in `--upstream`. */
const upstreams: Readonly<Record<Config['upstream'], UpstreamDefinition>> = { nexus, openai, anthropic }

/** The upstream that the configuration chooses. */
export const createUpstream = (dependencies: UpstreamDependencies): Upstream =>
  upstreams[dependencies.config.upstream].create(dependencies)

/** Throws UsageError for a configuration that is not valid. */
export const connectionOf = (config: Config): Connection => upstreams[config.upstream].connection(config)

/** Whether prompts of this model may stay in the cache for an hour. */
export const cachesForAnHour = (config: Config, modelId: string): boolean =>
  upstreams[config.upstream].cachesForAnHour(config, modelId)

/** Throws UsageError for a configuration that is not valid. */
export const modelsOf = (config: Config, defaultModelId: string): ModelResolver =>
  upstreams[config.upstream].createModels(config, defaultModelId)
