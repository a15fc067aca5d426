import type { NewId } from '../base/ids.ts'
import type { Logger } from '../base/logger.ts'
import type { Config } from '../config/load.ts'
import type { ModelCatalog } from '../models/model.ts'
import type { CountTokensRequest } from '../wire/anthropic/request.ts'
import type { Fetch } from './http/post.ts'
import type { UpstreamKey } from './renewable-key.ts'
import type { Upstream } from './upstream.ts'
import type { InlineUrlSources } from './url-sources/inline-url-sources.ts'

export type EstimateTokens = (request: CountTokensRequest, modelId: string) => number

/** What every upstream needs: settings, and the process's clock, network and randomness. */
export interface UpstreamDependencies {
  readonly config: Config
  /** The configured URL, or a simulator's. */
  readonly endpointUrl: string
  readonly apiKey: UpstreamKey
  readonly fetch: Fetch
  /** Most requests at once. Default: Bun's own limit. */
  readonly maximumConnections: number
  /** Host and port of the proxy to the endpoint, for error messages. */
  readonly proxy: string | undefined
  readonly inlineUrlSources: InlineUrlSources
  /** Tokens of a request for a model, by its upstream's id; throws GatewayError for a tool that is not one. */
  readonly estimateTokens: EstimateTokens
  /** From 0 to 1. */
  readonly random: () => number
  /** Resolves after that many milliseconds, rejects when the signal aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  readonly newId: NewId
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly log: Logger
}

/** One kind of upstream, as the registry knows it. */
export interface UpstreamDefinition {
  readonly models: ModelCatalog
  create(dependencies: UpstreamDependencies): Upstream
}
