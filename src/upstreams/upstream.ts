import type { GatewayError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import type { CapabilityOverrides } from '../translate/capabilities/overrides.ts'
import type { EventBatch, FinalUsage } from '../wire/anthropic/events.ts'
import type { CountTokensRequest, MessagesRequest } from '../wire/anthropic/request.ts'
import type { Message } from '../wire/anthropic/response.ts'
import type { CallAudit } from './call-audit.ts'

/** Where the messages about one domain's requests go; each member wins over the configured one. */
export interface SlackSettings {
  readonly webhookUrl?: Secret
  readonly channel?: string
  readonly username?: string
  readonly iconEmoji?: string
  /** False silences the domain. */
  readonly enabled?: boolean
}

/** A name by which clients reach this server, if the upstream has a file of credentials for it (AU-K9). */
export interface Domain {
  /** Lower case, with the port as clients send it. */
  readonly name: string
  /** Clients may present it instead of the server's own token (AU-K16). */
  readonly clientKey?: Secret
  readonly slack?: SlackSettings
  /** Why there are no valid credentials for it: requests that need some are refused with it (AU-K13). */
  readonly problem?: GatewayError
}

/** Who sends a request: decides about its credential. */
export interface Caller {
  /** Undefined if there is no file for its `Host`. */
  readonly domain: Domain | undefined
  /** The client's own, with its credential. */
  readonly headers: Headers
  /** Clients of OpenAI's paths send placeholders, which are never forwarded (AU-K5). */
  readonly mayForwardKey: boolean
}

/** The kind of credential that a request is sent with. */
export type CredentialKind = 'api_key' | 'oauth' | 'client' | 'configured' | 'login'

/** The web searches of one request (WS-20). */
export interface SearchFacts {
  /** Searches that had an answer. */
  readonly searches: number
  /** Other searches. */
  readonly searchErrors: number
  /** Milliseconds in which at least one search ran. */
  readonly searchMs: number
  readonly searchProvider: string
}

/** What a call needs in addition to its request. */
export interface CallContext {
  /** Our own id of the request, for the log. */
  readonly requestId: string
  /** The upstream's id of the model. `model` in the request is the client's name. */
  readonly modelId: string
  /** Flags of the `anthropic-beta` header. */
  readonly betas: readonly string[]
  /** Of the client's request; absent if it is not known. */
  readonly bodyBytes?: number | undefined
  /** Ends the call: the client has disconnected. */
  readonly signal: AbortSignal
  /** The header of this name for the upstream; undefined if traces are not propagated. */
  readonly traceparent?: string | undefined
  /** Called with the upstream's id of the call as soon as it is known. */
  readonly onUpstreamId: (id: string) => void
  /** Called if the request or the model that is sent differs from the client's. */
  readonly onSent?: (request: MessagesRequest, modelId: string) => void
  /** Called before each request that is sent for this call. */
  readonly onAttempt?: () => void
  /** Called if a request is sent again because a kept-alive connection was dead. */
  readonly onResend?: () => void
  /** Called with the failure of each of them, also if another one follows. */
  readonly onAttemptFailed?: (error: GatewayError) => void
  /** Called with the sums of the calls that have ended, if another one follows for the same answer. */
  readonly onUsage?: (usage: FinalUsage) => void
  /** Called after each search with the figures of all searches until then. */
  readonly onSearches?: (facts: SearchFacts) => void
  /** Absent for the program's own requests. */
  readonly caller?: Caller
  /** Called with the credential of each attempt. Observers get its masked form, never the secret. */
  readonly onCredential?: (kind: CredentialKind, secret: Secret, isSubscription: boolean) => void
  /** Compares the sent prompt with earlier ones; absent if the audit of the prompt cache is off (CA-S4). */
  readonly audit?: CallAudit
}

/** A request that is forwarded unchanged. */
export interface NativeCall extends Omit<CallContext, 'modelId' | 'betas' | 'onSent' | 'caller' | 'audit'> {
  readonly method: string
  /** Checked (AU-P9), and sent exactly like this. */
  readonly path: string
  /** With its question mark, or empty. */
  readonly query: string
  /** Bytes may be sent more than once, a stream only once. */
  readonly body: Uint8Array | ReadableStream<Uint8Array> | undefined
  readonly caller: Caller
  /** Called when the request is on its way: what observes its body may begin. */
  readonly onSending?: () => void
}

/** Answers requests in the client's own protocol. */
export interface NativeLane {
  readonly protocol: 'anthropic'
  /** Rejects with GatewayError if there is no answer. */
  forward(call: NativeCall): Promise<NativeResponse>
  /** Clients' names of models, and the models that they stand for. */
  readonly modelMap: ReadonlyMap<string, string>
  /** Whether paths that this server does not know are forwarded. */
  readonly forwardsUnknownPaths: boolean
  /** False if this server estimates counts of tokens. */
  readonly countsTokens: boolean
}

/** An answer that is forwarded unchanged. */
export interface NativeResponse {
  readonly status: number
  /** Only headers that the client may see. */
  readonly headers: Headers
  /** A short body at once, others as they arrive; throws GatewayError. Undefined for an answer without a body. */
  readonly body: Uint8Array | AsyncIterableIterator<Uint8Array> | undefined
}

/** A part that is left out of requests to a model, because the upstream has refused it. */
export interface ModelDegradation {
  readonly model: string
  readonly without: string
  /** For messages. */
  readonly note: string
}

/** What a model has refused, in a form that another process can use. */
export interface ModelRefusal {
  /** The upstream's id of the model. */
  readonly model: string
  /** What the model does not accept, for the log and `/health`. */
  readonly what: string
  readonly overrides: Partial<CapabilityOverrides>
}

/** A file of credentials that this program cannot keep up to date. */
export interface CredentialDegradation {
  /** Without its folder. */
  readonly file: string
  /** For messages. */
  readonly note: string
}

export type Degradation = ModelDegradation | CredentialDegradation

export interface UpstreamStatus {
  readonly upstream: Readonly<Record<string, string>>
  health?(): Readonly<Record<string, string | boolean>>
  root(): Readonly<Record<string, unknown>>
}

/** Answers Messages requests. Requests and responses have Anthropic's format. */
export interface Upstream {
  readonly name: string
  /** What OpenTelemetry calls the provider behind it; its name if absent. */
  readonly providerName?: string
  /** Its URL, for messages. Has no secrets. */
  readonly address: string
  /** What it adds to its entry in `/` and `/health`, and to these pages themselves. */
  readonly status?: UpstreamStatus
  /** The `max_tokens` of requests without a valid one; without it, they are refused. */
  readonly fallbackMaxTokens?: number
  /**
   * Search results reach the model as such, or as texts without our marks if the model does not accept them (WS-52).
   * Without it they become texts, and have no citations.
   */
  readonly takesSearchResults?: true
  /** The request for a count as this upstream sends it, if that is not the client's. Rejects with GatewayError. */
  toCounted?(request: CountTokensRequest): Promise<CountTokensRequest>
  /** Rejects with GatewayError. */
  message(request: MessagesRequest, context: CallContext): Promise<Message>
  /**
   * Resolves when the first events have arrived: until then a failure rejects and becomes an HTTP status. Afterwards
   * the iterable throws GatewayError, which becomes one `error` event. It ends after `message_stop`, or throws. A batch
   * has the events of one chunk from the upstream, and is sent in one write.
   */
  stream(request: MessagesRequest, context: CallContext): Promise<AsyncIterable<EventBatch>>
  /**
   * If the client speaks the upstream's own protocol, bytes are forwarded unchanged in both directions. The server then
   * checks no body and resolves no model.
   */
  readonly native?: NativeLane
  /** If credentials depend on the `Host` of a request. Resolves to undefined for a name without a file. */
  readonly domains?: { find(host: string): Promise<Domain | undefined> }
  /** Files by name, with which clients set themselves up; absent if its clients need none (AU-C). */
  readonly setupFiles?: Pick<ReadonlyMap<string, string>, 'get'>
  /** What has been refused since the start, and what does not work now. */
  degraded?(): readonly Degradation[]
  /** What models have refused for certain and for good; absent if the upstream does not learn. */
  refusals?(): readonly ModelRefusal[]
  /**
   * Absent if the upstream cannot count. Rejects with GatewayError: `not_supported` if it cannot count for this model,
   * so that the caller does not try again.
   */
  countTokens?(request: CountTokensRequest, context: CallContext): Promise<number>
}
