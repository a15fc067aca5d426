import { createNexus, type NexusOptions } from './nexus/index.ts'
import type { Upstream } from './upstream.ts'

/** What each kind of upstream is made from. Adding one: its folder, and its line here. */
const kinds = {
  nexus: (options: NexusOptions): Upstream => createNexus(options),
} as const

export type UpstreamKind = keyof typeof kinds

export const createUpstream = <Kind extends UpstreamKind>(
  kind: Kind,
  options: Parameters<(typeof kinds)[Kind]>[0],
): Upstream => kinds[kind](options)
