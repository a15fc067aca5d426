import type { NewId } from '../base/ids.ts'
import type { Pause } from '../base/json-parts.ts'
import type { Logger } from '../base/logger.ts'
import type { Secret } from '../base/secret.ts'
import type { Config } from '../config/load.ts'
import type { SettingKey } from '../config/settings/settings.ts'
import type { ModelResolver } from '../models/resolver.ts'
import type { CountTokensRequest } from '../wire/anthropic/request.ts'
import type { CredentialSources } from './anthropic/credentials/credentials.ts'
import type { Fetch } from './http/post.ts'
import type { UpstreamKey } from './renewable-key.ts'
import type { ModelRefusal, Upstream } from './upstream.ts'
import type { InlineUrlSources } from './url-sources/inline-url-sources.ts'

export type EstimateTokens = (request: CountTokensRequest, modelId: string) => number

/** Dependencies of every upstream: settings, and the process's clock, network and randomness. */
export interface UpstreamDependencies {
  readonly config: Config
  /** The configured URL, or a simulator's. */
  readonly endpointUrl: string
  /** Undefined for a server that needs none. */
  readonly apiKey: UpstreamKey | undefined
  readonly fetch: Fetch
  /** Limit of concurrent requests. Default: Bun's own limit. */
  readonly maximumConnections: number
  /** Host and port of the proxy to the endpoint, for error messages. */
  readonly proxy: string | undefined
  readonly inlineUrlSources: InlineUrlSources
  /** Credentials of files and programs of this machine: the process provides them. */
  readonly credentialSources?: CredentialSources
  /** Whether a token opens this server; absent if clients need none. */
  readonly isClientToken?: ((token: string) => boolean) | undefined
  /** Tokens of a request for a model, by its upstream's id; throws GatewayError for a tool that is not one. */
  readonly estimateTokens: EstimateTokens
  /** From 0 to 1. */
  readonly random: () => number
  /** Resolves after this number of milliseconds, rejects when the signal aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  readonly newId: NewId
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly log: Logger
  /** What models have refused before this process: nothing by default. */
  readonly learned?: readonly ModelRefusal[]
  /** Lets other requests work while a large body is written. Absent outside of the server: it is written at once. */
  readonly pause?: Pause | undefined
  /** For tests: breaks each translation before it is sent. The program never has it (CA-A5). */
  readonly distort?: (translation: object) => void
}

/** The configured connection to an upstream, for the commands. */
export interface Connection {
  /** The value of --upstream. */
  readonly upstream: Config['upstream']
  /** The upstream's name for people. */
  readonly title: string
  readonly url: string
  /** The URL for messages, without the query, which may contain a key. */
  readonly address: string
  readonly apiKey: Secret | undefined
  /** An upstream on this machine may need no key. */
  readonly isKeyOptional: boolean
  readonly keySetting: Extract<SettingKey, 'apiKey' | 'openai.apiKey' | 'anthropic.apiKey'>
  readonly urlSetting: Extract<SettingKey, 'endpointUrl' | 'openai.url' | 'anthropic.url'>
  /** The variable with which users set a key. */
  readonly keyVariable: string
  /** Flags that make a key unnecessary, for messages. */
  readonly otherWays?: readonly string[]
  /** Why an optional key is absent, for messages. */
  readonly withoutKey?: string
}

/** One kind of upstream, as the registry knows it. */
export interface UpstreamDefinition {
  /** `defaultModelId`: for names such as `claude` alone. Throws UsageError for an invalid configuration. */
  createModels(config: Config, defaultModelId: string): ModelResolver
  /** Throws UsageError for a configuration that is not valid. */
  connection(config: Config): Connection
  /** Whether the upstream accepts cache markers of one hour for this model, by the upstream's id. */
  cachesForAnHour(config: Config, modelId: string): boolean
  create(dependencies: UpstreamDependencies): Upstream
}
