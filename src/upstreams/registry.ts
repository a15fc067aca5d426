import type { Config } from '../config/load.ts'
import type { ModelCatalog } from '../models/model.ts'
import type { UpstreamDefinition, UpstreamDependencies } from './definition.ts'
import { nexus } from './nexus/definition.ts'
import type { Upstream } from './upstream.ts'

/** Every kind of upstream, by its name in `--upstream`. */
const upstreams: Readonly<Record<Config['upstream'], UpstreamDefinition>> = { nexus }

/** The upstream that the configuration chooses. */
export const createUpstream = (dependencies: UpstreamDependencies): Upstream =>
  upstreams[dependencies.config.upstream].create(dependencies)

export const modelsOf = (kind: Config['upstream']): ModelCatalog => upstreams[kind].models
