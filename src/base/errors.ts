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

export const isErrorType = (text: unknown): text is ErrorType =>
  typeof text === 'string' && Object.hasOwn(statusOf, text)

/** The type that a status usually has. */
export const errorTypeOf = (status: number): ErrorType => {
  const types = Object.keys(statusOf) as ErrorType[]
  return types.find((type) => statusOf[type] === status) ?? (status < 500 ? 'invalid_request_error' : 'api_error')
}

export interface GatewayErrorOptions {
  /** HTTP status, if it is not the type's usual one. */
  readonly status?: number
  /** Sent to the client as `x-should-retry`. If absent, the client decides. */
  readonly shouldRetry?: boolean
  /** Seconds, sent to the client as `retry-after`. */
  readonly retryAfterSeconds?: number
  /** The type for an `error` event within a stream, if it is not `type`. */
  readonly typeInStream?: ErrorType
  /** Whether the gateway may send the same request again before it reports the error. */
  readonly retryable?: boolean
  /** The upstream's id of the failed call, for its support team. */
  readonly upstreamRequestId?: string
  /** Methods that the path supports, for a 405. */
  readonly allow?: string
  /** `error.details` of the body, for programs. */
  readonly details?: Readonly<Record<string, unknown>>
  /** The part of the client's request that the message names at its start. */
  readonly path?: Path
  /** The code for clients of OpenAI's protocol, which reads more than the type. */
  readonly code?: string
  /** The message quotes neither a client nor an upstream, so it may be logged. */
  readonly isLoggable?: boolean
  /** Text for the log, in place of a message that quotes a client or an upstream. */
  readonly reason?: string
  readonly cause?: unknown
}

/**
 * The one error that layers throw to each other. The client shows its message to the user unchanged, so the message
 * never contains a secret.
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
  readonly path: Path | undefined
  readonly code: string | undefined
  readonly isLoggable: boolean
  /** Text for the log; undefined if the whole message comes from a client or an upstream. */
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
    this.path = options.path
    this.code = options.code
    this.isLoggable = options.isLoggable ?? false
    this.reason = options.reason ?? (this.isLoggable ? message : undefined)
  }

  /** For the console and `inspect`: no text from a client, an upstream or a cause, because it may quote a prompt. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { name, type, status, reason, cause } = this
    const text = reason ?? '[message withheld]'
    const because = cause === undefined ? '' : ` (cause: ${errorCode(cause) ?? 'an error'})`
    return [`${name}: ${status} ${type}: ${text}${because}`, ...stackFrames(this)].join('\n')
  }
}

/** `messages.0.content.1`: a path as Anthropic's errors write it. */
export const dotted = (path: Path): string => path.join('.')

/** Puts the path in front of the sentence. An empty path means the whole request. */
export const atPath = (path: Path, sentence: string): string =>
  path.length === 0 ? sentence : `${dotted(path)}: ${sentence}`

/**
 * A text that the compiler knows in full, so that it cannot quote a client. `never` for any other text: a template
 * that contains a `string` is a pattern of keys, and a record of such keys may be empty.
 */
export type Known<Text extends string> = Record<never, never> extends Record<Text, true> ? never : Text

/**
 * A 400 that names the path in the client's request. The log gets path and rule. The rule defaults to the sentence;
 * if the sentence quotes the client, pass a `rule` without the quote. `path` must not contain a member name that the
 * client invented.
 */
export function invalidRequest<S extends string>(path: Path, sentence: Known<S>): GatewayError
export function invalidRequest<R extends string>(path: Path, sentence: string, rule: Known<R>): GatewayError
export function invalidRequest(path: Path, sentence: string, rule = sentence): GatewayError {
  return new GatewayError('invalid_request_error', atPath(path, sentence), { path, reason: atPath(path, rule) })
}

/** The same error with other paths. `restore` changes the paths in a text. */
export const withPaths = (
  error: GatewayError,
  path: Path | undefined,
  restore: (text: string) => string,
): GatewayError => {
  const { message, ...options } = error
  const { reason } = error
  const restored = { ...options, cause: error.cause, path, reason: reason && restore(reason) }
  return new GatewayError(error.type, restore(message), restored as GatewayErrorOptions)
}

/** Only for our log: the client has disconnected. */
export const clientClosedStatus = 499

export const clientClosed = (cause: unknown): GatewayError =>
  new GatewayError('api_error', 'The client closed the request.', { status: clientClosedStatus, cause })

/** The error of an aborted call: the signal's reason if it is a GatewayError, otherwise the client's disconnect. */
export const abortedError = ({ reason }: AbortSignal, cause: unknown): GatewayError =>
  reason instanceof GatewayError ? reason : clientClosed(cause)

/** Turns anything thrown into a GatewayError. A foreign message stays in `cause`, because it may quote a prompt. */
export const toGatewayError = (thrown: unknown): GatewayError =>
  thrown instanceof GatewayError
    ? thrown
    : new GatewayError('api_error', 'Internal error in nexus-claude-api. The log has more.', { cause: thrown })
