import type { ErrorType } from '../base/errors.ts'
import type { CredentialKind, SearchFacts } from '../upstreams/upstream.ts'
import type { Usage } from '../wire/anthropic/response.ts'
import type { CacheClass } from './cache-audit/cache-class.ts'
import type { Endpoint } from './endpoint.ts'
import type { SlackTarget } from './observers/slack-target.ts'
import type { RequestTrace } from './request-trace.ts'

/**
 * How a request may end: answered; refused because of a client error; cancelled by a client that disconnects; or failed
 * because of this server, the upstream or the configuration.
 */
export type RequestOutcome = 'answered' | 'refused' | 'cancelled' | 'failed'

/** What a client requests of a model: an answer, or a count of tokens. */
export type Operation = 'message' | 'count'

/** By the number of system prompts (AU-U2). */
export type RequestClass = 'query_evaluation' | 'inference'

export type TokenFigures = Pick<
  Usage,
  'input_tokens' | 'cache_creation_input_tokens' | 'cache_read_input_tokens' | 'output_tokens'
> &
  Partial<Pick<Usage, 'cache_creation'>>

/** The limit that refused a request (OP-L). */
export type LimitName = 'rate' | 'tokens' | 'cost' | 'requests' | 'concurrency' | 'queue' | 'state'

/** Facts of a request before it is processed. */
export interface RequestHead {
  readonly requestId: string
  /** The protocol that the client speaks. */
  readonly entrance: string
  readonly method: string
  /** Without its query, and safe for a terminal. */
  readonly path: string
  /** The client's own id of its session. */
  readonly session: string | undefined
  /** Whether Claude Code sends it for a subagent (OP-E2). */
  readonly isSubagent: boolean
  /** Milliseconds since 1970 at the start. */
  readonly at: number
}

/** Facts that the server, the gateway and the upstream add while they process the request. */
export interface RequestFacts extends Partial<SearchFacts> {
  /** Bytes of the body's text, after decoding. */
  readonly bodyBytes?: number
  /** Undefined for other paths, and for requests that were refused before they reached a model. */
  readonly operation?: Operation
  /** Name of the upstream that was called. */
  readonly upstream?: string
  /** The client's model name, only if it is certain to be a model's name. */
  readonly model?: string
  /**
   * The upstream's id of the model. While the request runs, it may be anything that the client sent; a record has it only
   * if it is certain to be a model's name.
   */
  readonly used?: string
  readonly isStream?: boolean
  readonly upstreamRequestId?: string
  /** The answer's own id. */
  readonly responseId?: string
  /** The client's `max_tokens`; absent for a request that is forwarded unread. */
  readonly maxTokens?: number
  /** Anthropic's `stop_reason`, also a newer one. */
  readonly stopReason?: string
  readonly usage?: TokenFigures | undefined
  /** Result of a count of tokens. */
  readonly countedTokens?: number
  /** The name by which the client reaches this server, if it is a known one; otherwise `other` (AU-U5). */
  readonly domain?: string
  readonly requestClass?: RequestClass
  /** Calls of the client's tools in the answer. */
  readonly toolCalls?: number
  readonly credential?: CredentialKind
  /** Whether the credential belongs to a subscription, which is not billed by tokens. */
  readonly isSubscription?: boolean
  /** Requests that found a dead connection, and were sent again on a new one. `attempts` does not count them twice. */
  readonly resends?: number
  /** Name of the client whose token opened the server; absent without named clients (OP-A). */
  readonly client?: string
  readonly limit?: LimitName
  /** A sign-in that waits for an approval: the client repeats the request every few seconds. */
  readonly isWaitingSignIn?: boolean
  /** Milliseconds that the request waited for a place. */
  readonly queuedMs?: number
  /** Only if the configuration wants it in the log (OP-G2). */
  readonly clientIp?: string
  readonly userAgent?: string
  /** Absent if no traces are sent, and for a request whose span gets its ids after the answer. */
  readonly trace?: RequestTrace
  /** Where the messages about this request are posted; absent if there are none. */
  readonly slack?: SlackTarget
  /** What the prompt cache did (CA-L2); absent if it is not audited, and for a request that asks for no cache. */
  readonly cacheClass?: CacheClass
  /** Tokens that the cache should have had. */
  readonly cacheExpectedTokens?: number
  /** Expected tokens that were not read. */
  readonly cacheMissedTokens?: number
  /** Parts of the request before that this one begins with, up to a cache point. */
  readonly cacheReachUnits?: number
  /** The end of a long key, for telemetry and Slack only; never for the log (AU-Y2). */
  readonly maskedKey?: string
}

/** Words of one exchange, for Slack alone: at most 64 KB, and never in a log. Collected only if an observer asks. */
export interface ConversationWords {
  readonly userText: string
  readonly assistantText: string
  readonly tools: readonly { readonly name: string; readonly input: unknown }[]
}

/**
 * One request from its start to its real end: for a stream the last byte, not the head. Contains numbers and names,
 * never a client's text. Observers get it frozen.
 */
export interface RequestRecord extends RequestHead, RequestFacts {
  readonly endpoint: Endpoint
  /** In the configured currency; absent if the price or the usage is not known (OP-C3). */
  readonly cost?: number
  /** What the tokens that the cache missed cost more (CA-C8); absent like `cost`, and without a miss. */
  readonly cacheCost?: number
  readonly outcome: RequestOutcome
  /** The status that was sent; 499 if the client disconnected. */
  readonly status: number
  /** Milliseconds from the start until the first event of the answer. */
  readonly firstEventMs: number | undefined
  readonly durationMs: number
  /** Requests that were sent to the upstream for this one. */
  readonly attempts: number
  readonly errorType: ErrorType | undefined
  /** Our own text. */
  readonly errorReason: string | undefined
}

export type CostlessRecord = Omit<RequestRecord, 'cost' | 'cacheCost'>

/** The cost of a request in the configured currency; undefined if the price or the usage is not known (OP-C). */
export type CostOf = (record: CostlessRecord) => number | undefined

/**
 * Must return at once: a slow observer uses a bounded queue. Errors that it throws are logged. `words` is undefined
 * unless they were collected.
 */
export type RequestObserver = (record: RequestRecord, words: ConversationWords | undefined) => void
