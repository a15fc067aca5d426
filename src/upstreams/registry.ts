import type { ModelCatalog } from '../models/model.ts'
import { createNexus, type NexusOptions } from './nexus/index.ts'
import { nexusModels } from './nexus/models.ts'
import type { Upstream } from './upstream.ts'

/** What each kind of upstream is made from, and its models. Adding one: its folder, and its line here. */
const kinds = {
  nexus: { create: (options: NexusOptions): Upstream => createNexus(options), models: nexusModels },
} as const

export type UpstreamKind = keyof typeof kinds

export const createUpstream = <Kind extends UpstreamKind>(
  kind: Kind,
  options: Parameters<(typeof kinds)[Kind]['create']>[0],
): Upstream => kinds[kind].create(options)

export const modelsOf = (kind: UpstreamKind): ModelCatalog => kinds[kind].models
