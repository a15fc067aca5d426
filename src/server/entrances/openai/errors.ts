import { dotted, type ErrorType, type GatewayError } from '../../../base/errors.ts'
import { bracketed } from '../../../base/path.ts'
import { isContextOverflow, withoutCapability } from '../../../messages/client-wording.ts'

/** This server's errors as OpenAI's clients know them: they act on status, type and code (section 6). */

/** The envelope's content: always all four members. */
export interface OpenAiError {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
}

interface Row {
  /** Undefined: the error's own status. */
  readonly status?: number
  readonly type: string
  readonly code: (error: GatewayError) => string | null
  /** The same request cannot succeed, and clients would repeat it for its status. */
  readonly isFinal?: true
}

const always = (code: string | null) => (): string | null => code

/** Clients shorten the conversation after this code, and after no other. */
const contextCode = 'context_length_exceeded'

/** The code for a refused key of the server. */
const keyCode = 'upstream_authentication'

const throttledCode = 'rate_limit_exceeded'

const badGatewayStatus = 502

const rows: Readonly<Record<ErrorType, Row>> = {
  invalid_request_error: {
    type: 'invalid_request_error',
    code: ({ message }) => (isContextOverflow(message) ? contextCode : null),
  },
  // The guard's error has its own code: every other one is about the server's key (OE-E4).
  authentication_error: {
    status: 401,
    type: 'authentication_error',
    code: always(keyCode),
    isFinal: true,
  },
  permission_error: { status: 403, type: 'permission_error', code: always(null) },
  not_found_error: {
    status: 404,
    type: 'invalid_request_error',
    code: ({ message }) => (/\bmodel\b/i.test(message) ? 'model_not_found' : null),
  },
  request_too_large: { status: 413, type: 'invalid_request_error', code: always('request_too_large') },
  // Never `insufficient_quota`, nor `server_is_overloaded` for an overload: Codex would give up at once.
  rate_limit_error: { status: 429, type: 'rate_limit_error', code: always(throttledCode) },
  overloaded_error: { status: 503, type: 'service_unavailable_error', code: always('overloaded') },
  api_error: {
    type: 'internal_server_error',
    code: ({ status, shouldRetry }) =>
      status === badGatewayStatus && shouldRetry === false ? 'upstream_unreachable' : null,
  },
  timeout_error: { status: 504, type: 'timeout_error', code: always('timeout') },
  // Codex gives up at once, which is right here (OE-E15).
  billing_error: { status: 429, type: 'insufficient_quota', code: always('insufficient_quota'), isFinal: true },
  policy_blocked: { status: 400, type: 'invalid_request_error', code: always('content_filter'), isFinal: true },
  // A 501 would be repeated.
  not_supported: { status: 400, type: 'invalid_request_error', code: always('unsupported_value') },
}

const codeOf = (error: GatewayError): string | null => error.code ?? rows[error.type].code(error)

const keyWords = "The upstream refuses this server's own key, not the client's: "
/** Some upstreams say it themselves. */
const namesServerKey = /\bof this server\b/

/** An upstream speaks of "the key", which a user would look for in the client's configuration (OE-E4). */
const isAboutUnnamedKey = (error: GatewayError): boolean =>
  codeOf(error) === keyCode && !error.isLoggable && !namesServerKey.test(error.message)

/** Anthropic's message about an unknown model is only its name (OE-E6). */
const unknownModel = /^model: (\S+)$/

/** The message without what only Claude Code reads, and with the path in OpenAI's spelling. */
const messageOf = (error: GatewayError): string => {
  const { message, path } = error
  if (isAboutUnnamedKey(error)) return keyWords + message
  const words = withoutCapability(message).replace(
    unknownModel,
    "The model '$1' does not exist. GET /v1/models lists the models of this server.",
  )
  if (path === undefined || path.length === 0 || !words.startsWith(dotted(path))) return words
  return bracketed(path) + words.slice(dotted(path).length)
}

const paramOf = ({ path }: GatewayError, code: string | null): string | null => {
  if (path !== undefined && path.length > 0) return bracketed(path)
  return code === 'model_not_found' ? 'model' : null
}

export const toOpenAiError = (error: GatewayError): OpenAiError => {
  const code = codeOf(error)
  return { message: messageOf(error), type: rows[error.type].type, param: paramOf(error, code), code }
}

/** Codex reads the seconds from these words. */
const withWait = (message: string, { retryAfterSeconds }: GatewayError): string => {
  if (retryAfterSeconds === undefined) return message
  const sentence = /[.!?)]$/.test(message) ? message : `${message}.`
  return `${sentence} Please try again in ${retryAfterSeconds.toFixed(1)}s.`
}

/** The body of an answer with a failure's status (OP-L3). */
export const toErrorBody = (error: GatewayError): { readonly error: OpenAiError } => {
  const { message, ...rest } = toOpenAiError(error)
  const words = rest.code === throttledCode ? withWait(message, error) : message
  return { error: { message: words, ...rest } }
}

/** The stream's client does not see the headers, so the message has the request's id. */
const withRequestId = (message: string, requestId: string): string => `${message} (request id: ${requestId})`

/** For the middle of a stream. */
export const toStreamedError = (error: GatewayError, requestId: string): OpenAiError => {
  const { message, ...rest } = toOpenAiError(error)
  return { message: withRequestId(message, requestId), ...rest }
}

const millisecondsPerSecond = 1000

interface ErrorHead {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

/** Status and headers, which clients read before the body (OE-E13). */
export const errorHead = ({ type, status, shouldRetry, retryAfterSeconds }: GatewayError): ErrorHead => {
  const row = rows[type]
  return {
    status: row.status ?? status,
    headers: {
      ...(row.isFinal && shouldRetry === undefined && { 'x-should-retry': 'false' }),
      ...(retryAfterSeconds !== undefined && {
        'retry-after-ms': String(Math.ceil(retryAfterSeconds * millisecondsPerSecond)),
      }),
    },
  }
}

interface FailedResponse {
  readonly code: string
  readonly message: string
}

/** Codes that Codex acts on in `response.failed`. It shows and repeats all others (OE-E12). */
const failureCodes: readonly (string | null)[] = [contextCode, throttledCode, 'insufficient_quota']

/**
 * The error of `response.failed`. Reads the error's own type: its type in streams is for clients of the Messages API,
 * which repeat a throttled request only after an overload.
 */
export const toFailedResponse = (error: GatewayError, requestId: string): FailedResponse => {
  const { code, message, type } = toStreamedError(error, requestId)
  if (code === throttledCode) return { code, message: withWait(message, error) }
  if (code !== null && failureCodes.includes(code)) return { code, message }
  return { code: type === 'invalid_request_error' ? 'invalid_prompt' : 'server_error', message }
}
