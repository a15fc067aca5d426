import { errorCode } from './error-code.ts'
import type { Path } from './path.ts'
import { stackFrames } from './stack-frames.ts'

/**
 * Anthropic's own error type names.
 * @see https://docs.anthropic.com/en/api/errors
 */
export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'billing_error'
  | 'permission_error'
  | 'not_found_error'
  | 'request_too_large'
  | 'rate_limit_error'
  | 'api_error'
  | 'timeout_error'
  | 'overloaded_error'
  | 'not_supported'
  /** A provider's content filter refused the request. */
  | 'policy_blocked'

const statusOf: Record<ErrorType, number> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
  not_supported: 501,
  policy_blocked: 400,
}

/** The type that a status usually has. */
export const errorTypeOf = (status: number): ErrorType => {
  const types = Object.keys(statusOf) as ErrorType[]
  return types.find((type) => statusOf[type] === status) ?? (status < 500 ? 'invalid_request_error' : 'api_error')
}

export interface GatewayErrorOptions {
  /** HTTP status, where it differs from the type's usual one. */
  readonly status?: number
  /** Told to the client as `x-should-retry`: true, false, or (absent) its own judgement. */
  readonly shouldRetry?: boolean
  /** Seconds, told to the client as `retry-after`. */
  readonly retryAfterSeconds?: number
  /** What an event in the middle of a stream tells, where it differs from what a status would. */
  readonly typeInStream?: ErrorType
  /** Whether we ourselves may send the same request again before the client hears of it. */
  readonly retryable?: boolean
  /** The upstream's own id of the failed call, for its support. */
  readonly upstreamRequestId?: string
  /** Methods that the path knows, for a 405. */
  readonly allow?: string
  /** For programs: `error.details` of the body. */
  readonly details?: Readonly<Record<string, unknown>>
  /** The message is ours and quotes no client or upstream, so the log may have it. */
  readonly isLoggable?: boolean
  /** What the log has instead of a message that quotes a client or an upstream: words of our own. */
  readonly reason?: string
  readonly cause?: unknown
}

/**
 * The one error that the floors throw at each other. Its message is written for the person in front
 * of the client and is sent to it as it stands, so it never holds a secret.
 */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly type: ErrorType
  readonly status: number
  readonly shouldRetry: boolean | undefined
  readonly typeInStream: ErrorType
  readonly retryAfterSeconds: number | undefined
  readonly retryable: boolean
  readonly upstreamRequestId: string | undefined
  readonly allow: string | undefined
  readonly details: Readonly<Record<string, unknown>> | undefined
  readonly isLoggable: boolean
  /** Words for the log; undefined where every word comes from a client or an upstream. */
  readonly reason: string | undefined

  constructor(type: ErrorType, message: string, options: GatewayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.type = type
    this.status = options.status ?? statusOf[type]
    this.shouldRetry = options.shouldRetry
    this.typeInStream = options.typeInStream ?? type
    this.retryAfterSeconds = options.retryAfterSeconds
    this.retryable = options.retryable ?? false
    this.upstreamRequestId = options.upstreamRequestId
    this.allow = options.allow
    this.details = options.details
    this.isLoggable = options.isLoggable ?? false
    this.reason = options.reason ?? (this.isLoggable ? message : undefined)
  }

  /** What the console and `inspect` show: no words of a stranger, which may quote a prompt, and none of a cause. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { name, type, status, reason, cause } = this
    const words = reason ?? '[words withheld]'
    const because = cause === undefined ? '' : ` (cause: ${errorCode(cause) ?? 'an error'})`
    return [`${name}: ${status} ${type}: ${words}${because}`, ...stackFrames(this)].join('\n')
  }
}

/** `messages.0.content.1`, the way Anthropic names a place in a request. */
export const dotted = (path: Path): string => path.join('.')

/** `sentence` about the place in a request that `path` names; about all of it where the path is empty. */
export const atPath = (path: Path, sentence: string): string =>
  path.length === 0 ? sentence : `${dotted(path)}: ${sentence}`

/**
 * A text that the compiler knows in full, so that it cannot quote a client. `never` for every other one: a template
 * that holds a `string` is a pattern of keys, and a record of such keys may be empty.
 */
type Known<Text extends string> = Record<never, never> extends Record<Text, true> ? never : Text

/**
 * A 400 that names the place in the client's request. The log gets path and rule. The rule is the sentence itself;
 * where that quotes the client, a `rule` without the quote has to be given. No member's name that the client made
 * up may be in `path`.
 */
export function invalidRequest<S extends string>(path: Path, sentence: Known<S>): GatewayError
export function invalidRequest<R extends string>(path: Path, sentence: string, rule: Known<R>): GatewayError
export function invalidRequest(path: Path, sentence: string, rule = sentence): GatewayError {
  return new GatewayError('invalid_request_error', atPath(path, sentence), { reason: atPath(path, rule) })
}

/** Nobody is there any more to be told: the status is for our own log. */
export const clientClosedStatus = 499

export const clientClosed = (cause: unknown): GatewayError =>
  new GatewayError('api_error', 'The client closed the request.', { status: clientClosedStatus, cause })

/** What ended a call whose signal has aborted: the reason that was given where it is meant for the client, or its leaving. */
export const abortedError = ({ reason }: AbortSignal, cause: unknown): GatewayError =>
  reason instanceof GatewayError ? reason : clientClosed(cause)

/** Whatever was thrown, as a GatewayError. A stranger's words stay in `cause`: they may quote a prompt. */
export const toGatewayError = (thrown: unknown): GatewayError =>
  thrown instanceof GatewayError
    ? thrown
    : new GatewayError('api_error', 'Internal error in nexus-claude-api. The log has more.', { cause: thrown })
